//! Cases out of a seed: a login that works, to which some of the [`twists`] are done. Most twists are traps that look
//! harmless and are not, or the other way round, so that about half of the logins still work.

mod claim;
mod equiv;
mod keys;
mod known_hosts;
mod modes;
mod names;
mod options;
mod start;
mod twists;

pub(crate) use keys::authority_of;
pub(crate) use known_hosts::hashed;

use crate::case::Case;
use crate::material::Material;
use crate::random::Random;

/// What makes or changes a case.
pub(crate) struct Generator<'a> {
    pub(crate) material: &'a Material,
    pub(crate) random: Random,
}

/// The case of that number.
pub(crate) fn case(material: &Material, seed: u64, index: u64) -> Case {
    let mut generator = Generator { material, random: Random::new(seed, index) };
    let mut case = generator.start();
    let twists = generator.random.of(&[0, 1, 1, 1, 2, 2, 2, 2, 3, 4]);
    for _ in 0..twists {
        let (name, twist) = generator.twist();
        twist(&mut generator, &mut case);
        case.name = format!("{}, {name}", case.name);
    }
    case
}
