//! One component of a glob(3) pattern, as `Include` lines have them: no braces, no `~`.

/// What one component of a pattern matches: the names of files in one folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    pieces: Vec<Piece>,
}

impl Component {
    /// Reads one component; `None` for classes by name (`[[:alpha:]]`), which are not supported.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        parse(text).map(|pieces| Self { pieces })
    }

    /// The only name that it can match, where it has no wildcard.
    #[must_use]
    pub fn literal(&self) -> Option<Vec<u8>> {
        self.pieces.iter().map(Piece::literal).collect()
    }

    /// Whether it matches this whole name. A dot in front is matched by a dot alone. Never recurses.
    #[must_use]
    pub fn matches(&self, name: &[u8]) -> bool {
        let hidden = name.starts_with(b".") && self.pieces.first() != Some(&Piece::Byte(b'.'));
        !hidden && matches(&self.pieces, name)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Byte(u8),
    Any,
    Star,
    Class { negated: bool, ranges: Vec<(u8, u8)> },
}

impl Piece {
    const fn literal(&self) -> Option<u8> {
        match self {
            Self::Byte(byte) => Some(*byte),
            _ => None,
        }
    }

    fn fits(&self, byte: u8) -> bool {
        match self {
            Self::Byte(own) => *own == byte,
            Self::Any | Self::Star => true,
            Self::Class { negated, ranges } => {
                ranges.iter().any(|(low, high)| (low..=high).contains(&&byte)) != *negated
            }
        }
    }
}

/// Reads one component; none for classes by name (`[[:alpha:]]`).
fn parse(text: &[u8]) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        pieces.push(match byte {
            b'*' => Piece::Star,
            b'?' => Piece::Any,
            b'\\' => match rest.split_first() {
                Some((&quoted, behind)) => {
                    rest = behind;
                    Piece::Byte(quoted)
                }
                None => Piece::Byte(b'\\'),
            },
            b'[' => match class(rest)? {
                Some((class, behind)) => {
                    rest = behind;
                    class
                }
                None => Piece::Byte(b'['),
            },
            _ => Piece::Byte(byte),
        });
    }
    Some(pieces)
}

/// Reads a class behind its bracket; the inner none when the bracket is never closed.
fn class(text: &[u8]) -> Option<Option<(Piece, &[u8])>> {
    let (negated, body) = match text.strip_prefix(b"!") {
        Some(body) => (true, body),
        None => (false, text),
    };
    // A closing bracket in the first place stands for itself.
    let Some(end) = body.iter().skip(1).position(|&byte| byte == b']').map(|at| at.saturating_add(1)) else {
        return Some(None);
    };
    let (members, behind) = body.split_at_checked(end)?;
    if members.windows(2).any(|pair| pair == b"[:") || members.contains(&b'\\') {
        return None;
    }
    let mut ranges = Vec::new();
    let mut rest = members;
    while let Some((&low, behind)) = rest.split_first() {
        rest = behind;
        let mut high = low;
        if let [b'-', last, behind @ ..] = rest {
            high = *last;
            rest = behind;
        }
        ranges.push((low, high));
    }
    Some(Some((Piece::Class { negated, ranges }, behind.get(1..)?)))
}

/// Whether the whole name matches; never recurses.
fn matches(pattern: &[Piece], name: &[u8]) -> bool {
    let (mut pattern, mut name) = (pattern, name);
    let mut retry: Option<(&[Piece], &[u8])> = None;
    loop {
        match (pattern.split_first(), name.split_first()) {
            (Some((Piece::Star, rest)), _) => {
                retry = Some((rest, name));
                pattern = rest;
            }
            (Some((piece, pattern_rest)), Some((&byte, name_rest))) if piece.fits(byte) => {
                (pattern, name) = (pattern_rest, name_rest);
            }
            (None, None) => return true,
            _ => match retry.and_then(|(behind_star, from)| Some((behind_star, from.split_first()?.1))) {
                Some((behind_star, from)) => {
                    retry = Some((behind_star, from));
                    (pattern, name) = (behind_star, from);
                }
                None => return false,
            },
        }
    }
}
