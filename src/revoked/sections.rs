//! Sections of a KRL, each a type and a string, with their places in the file.

use super::MAX_FILE_BYTES;
use super::error::{KrlProblem, RevokedError};
use crate::wire::{Reader, WireError, WireErrorKind};

/// Walks over the sections of a KRL, or of its certificate section.
pub(super) struct Sections<'a> {
    reader: Reader<'a>,
    /// Offset in the file of what follows the last section.
    end: usize,
}

/// One section.
#[derive(Clone, Copy)]
pub(super) struct Section<'a> {
    pub(super) number: u8,
    pub(super) data: &'a [u8],
    /// Offset of its first byte in the file.
    pub(super) offset: usize,
    /// Offset in the file of what follows it.
    pub(super) end: usize,
}

impl<'a> Sections<'a> {
    /// What `reader` has left are sections, and `end` is the offset in the file of what follows them.
    pub(super) const fn new(reader: Reader<'a>, end: usize) -> Self {
        Self { reader, end }
    }

    const fn offset(&self) -> usize {
        self.end.saturating_sub(self.reader.rest().len())
    }

    /// The next section, `None` behind the last.
    pub(super) fn next(&mut self) -> Result<Option<Section<'a>>, RevokedError> {
        if self.reader.rest().is_empty() {
            return Ok(None);
        }
        let offset = self.offset();
        let at = |error: WireError| KrlProblem::from(error).at("section", offset);
        let number = self.reader.byte("section type").map_err(at)?;
        let data = string(&mut self.reader, "section data").map_err(at)?;
        Ok(Some(Section { number, data, offset, end: self.offset() }))
    }

    /// Takes the second string that a signature section has.
    pub(super) fn signature(&mut self) -> Result<(), WireError> {
        string(&mut self.reader, "signature").map(|_| ())
    }
}

/// Takes a `string` that ends where the file does at the latest.
pub(super) fn string<'a>(reader: &mut Reader<'a>, field: &'static str) -> Result<&'a [u8], WireError> {
    reader.string(field, MAX_FILE_BYTES)
}

/// Takes a `string` that is text: one NUL at its end is dropped, as by OpenSSH (sshbuf-getput-basic.c
/// `sshbuf_get_cstring`), any other refused.
pub(super) fn text<'a>(reader: &mut Reader<'a>, field: &'static str) -> Result<&'a [u8], WireError> {
    let text = string(reader, field)?;
    let text = text.strip_suffix(b"\0").unwrap_or(text);
    if text.contains(&0) { Err(WireErrorKind::EmbeddedNul.of(field)) } else { Ok(text) }
}
