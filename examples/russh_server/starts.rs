//! Places in which programs are started.
//!
//! A user can hold up the start of his own programs: he may stop the new process before it runs the program, or have a home
//! that never answers. So they are started by threads of their own, not by those that decide over logins, and each account
//! has so many at a time.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

/// Programs of one account that are being started at once.
const PLACES: usize = 32;

/// How long to wait for a place.
const PATIENCE: Duration = Duration::from_secs(10);

/// The places of each account, by its number.
#[derive(Default)]
pub struct Starts(Mutex<HashMap<u32, Arc<Semaphore>>>);

impl Starts {
    /// Does something for this account that its user may hold up.
    ///
    /// # Errors
    /// What the work says, and where no place has become free in time.
    pub async fn run<T: Send + 'static>(
        &self,
        uid: u32,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let places = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.entry(uid).or_insert_with(|| Arc::new(Semaphore::new(PLACES))).clone()
        };
        let Ok(Ok(place)) = timeout(PATIENCE, places.acquire_owned()).await else {
            return Err(io::Error::other("earlier programs of this user still hang in their start"));
        };
        let (tell, told) = oneshot::channel();
        let runtime = Handle::current();
        thread::Builder::new().spawn(move || {
            let _inside = runtime.enter();
            let _ = tell.send(work());
            drop(place);
        })?;
        told.await.map_err(io::Error::other)?
    }
}
