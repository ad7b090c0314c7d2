//! Edits of a document of lines, beside the same edits of a plain list of lines.

use hostbased::lines::{Content, Document, Patch};

/// A file's lines, with their line ends.
pub fn lines(file: &[u8]) -> Vec<Vec<u8>> {
    file.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// The file keeps every byte when it is read and written, and an edit touches no other line than its own. `choice` picks the
/// line to edit, now and then one that is not there; `text` is what to put there; an edit that is refused changes nothing.
pub fn leave_other_lines<C: Content + Clone + PartialEq + std::fmt::Debug>(file: &[u8], choice: usize, text: &[u8]) {
    let document = Document::<C>::parse(file);
    assert_eq!(document.to_bytes(), file, "read and written");
    assert!(document.lines().zip(1..).all(|(line, wanted)| line.number() == wanted));
    let before = lines(file);
    let number = choice % (before.len() + 2);
    let is_line = (1..=before.len()).contains(&number);
    let holds_end = text.contains(&b'\n');

    let mut removed = document.clone();
    assert_eq!(removed.remove(&[number]).is_ok(), is_line);
    let mut wanted = before.clone();
    if is_line {
        wanted.remove(number - 1);
    }
    same(&removed, &wanted);

    let mut replaced = document.clone();
    assert_eq!(replaced.replace(number, text).is_ok(), is_line && !holds_end);
    let mut wanted = before.clone();
    if is_line && !holds_end {
        let end: &[u8] = if before[number - 1].ends_with(b"\n") { b"\n" } else { b"" };
        wanted[number - 1] = [text, end].concat();
    }
    // A last line without end that becomes empty is no line any more in the bytes.
    assert_eq!(replaced.to_bytes(), wanted.concat());

    let mut appended = document.clone();
    assert_eq!(appended.append(text).is_ok(), !holds_end);
    let mut wanted = before.clone();
    if !holds_end {
        if let Some(last) = wanted.last_mut().filter(|last| !last.ends_with(b"\n")) {
            last.push(b'\n');
        }
        wanted.push([text, b"\n"].concat());
    }
    same(&appended, &wanted);

    if is_line && !holds_end {
        patch_is_the_same_edits(&document, file, number, text);
    }
}

/// All of it at once, on the bytes: as the command writes files.
fn patch_is_the_same_edits<C: Content + Clone>(document: &Document<C>, file: &[u8], number: usize, text: &[u8]) {
    let next = number + 1;
    let mut patch = Patch::default();
    patch.changed.insert(number, Some(text.to_vec()));
    patch.changed.insert(next, None);
    patch.added.push(text.to_vec());
    let mut edited = document.clone();
    edited.replace(number, text).unwrap();
    if edited.line(next).is_some() {
        edited.remove(&[next]).unwrap();
    }
    edited.append(text).unwrap();
    let (keep, rest) = patch.apply(file);
    assert_eq!([&file[..keep], &rest].concat(), edited.to_bytes(), "a patch and the same edits");
}

/// The document has these lines, and what they say is what a new reading of them says.
fn same<C: Content + PartialEq + Clone + std::fmt::Debug>(document: &Document<C>, wanted: &[Vec<u8>]) {
    let bytes = document.to_bytes();
    assert_eq!(bytes, wanted.concat());
    assert_eq!(*document, Document::<C>::parse(&bytes), "an edited document and a new reading of its bytes");
}
