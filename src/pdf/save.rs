//! Objects → file: object streams, and a cross-reference stream (PDF 32000-1, 7.5.7 and 7.5.8); or, in a PDF 1.3, objects one
//! by one and a cross-reference table (7.5.4).
//!
//! lopdf's own writer leaves the cross-reference stream uncompressed, and lets compressed data end in a carriage return, which
//! validators then take for part of the line's end. Start at [`save`].

use std::io::Write as _;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, StringFormat};
use rayon::prelude::*;

use super::objects::{deflated, deflates_to_line_break, dictionary, name, padded};
use crate::target::Conformance;

/// How many objects share a stream: enough for the compressor, few enough for a viewer that wants one of them.
const OBJECTS_PER_STREAM: usize = 200;

/// Where an object is.
#[derive(Clone, Copy)]
enum Place {
    Free,
    /// Bytes from the start of the file.
    Offset(usize),
    /// Index of the object stream among them, and index in it.
    Packed(usize, usize),
}

/// How a file is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// The version in its first line.
    pub(super) version: &'static str,
    /// Whether objects share streams, which PDF has since 1.5.
    packed: bool,
}

impl Form {
    /// The newest form that a kind of PDF takes.
    pub(super) fn of(conformance: Conformance) -> Self {
        match conformance {
            Conformance::Accessible | Conformance::Plain => Self { version: "1.7", packed: true },
            Conformance::Ua2 => Self { version: "2.0", packed: true },
            Conformance::X4 => Self { version: "1.6", packed: true },
            Conformance::X1a | Conformance::X3 => Self { version: "1.3", packed: false },
        }
    }

    fn header(self) -> Vec<u8> {
        let mut header = format!("%PDF-{}\n", self.version).into_bytes();
        header.extend(b"%\xE2\xE3\xCF\xD3\n");
        header
    }
}

/// Writes the document. Its trailer must have `Root`. Linear in the objects; object streams are made in parallel.
///
/// # Errors
/// Where the file grows beyond what its cross-references can hold, 4 GiB.
pub(super) fn save(document: Document, form: Form) -> Result<Vec<u8>, String> {
    if !form.packed {
        return save_one_by_one(document, form);
    }
    let mut places = vec![Place::Free; document.max_id as usize + 1];
    let mut file = form.header();
    let mut packed: Vec<(ObjectId, Object)> = Vec::new();
    for (id, object) in document.objects {
        if let Object::Stream(stream) = object {
            places[id.0 as usize] = Place::Offset(file.len());
            write_stream(&mut file, id.0, stream);
        } else {
            places[id.0 as usize] = Place::Packed(packed.len() / OBJECTS_PER_STREAM, packed.len() % OBJECTS_PER_STREAM);
            packed.push((id, object));
        }
    }
    let first_container = places.len();
    let containers =
        packed.par_chunks(OBJECTS_PER_STREAM).map(object_stream).collect::<Result<Vec<Stream>, String>>()?;
    for (number, container) in (first_container..).zip(containers) {
        places.push(Place::Offset(file.len()));
        write_stream(&mut file, u32::try_from(number).map_err(|_| TOO_LARGE)?, container);
    }
    let number = places.len();
    let start = file.len();
    places.push(Place::Offset(start));
    let stream = cross_references(&places, first_container, document.trailer)?;
    write_stream(&mut file, u32::try_from(number).map_err(|_| TOO_LARGE)?, stream);
    file.extend(format!("startxref\n{start}\n%%EOF\n").bytes());
    Ok(file)
}

/// Writes each object on its own, and a table of where they are.
fn save_one_by_one(document: Document, form: Form) -> Result<Vec<u8>, String> {
    let mut file = form.header();
    let mut offsets: Vec<Option<usize>> = vec![None; document.max_id as usize + 1];
    for (id, object) in document.objects {
        offsets[id.0 as usize] = Some(file.len());
        if let Object::Stream(stream) = object {
            write_stream(&mut file, id.0, stream);
        } else {
            file.extend(format!("{} 0 obj\n", id.0).bytes());
            write_object(&mut file, &object);
            file.extend(b"\nendobj\n");
        }
    }
    let start = file.len();
    file.extend(format!("xref\n0 {}\n", offsets.len()).bytes());
    // A number without an object is the head of the list of free ones, or in it.
    let mut next_free = 0;
    let mut lines: Vec<String> = Vec::with_capacity(offsets.len());
    for (number, offset) in offsets.iter().enumerate().rev() {
        match offset {
            // Each line has twenty bytes.
            Some(offset) if *offset > 9_999_999_999 => return Err(TOO_LARGE.to_owned()),
            Some(offset) => lines.push(format!("{offset:010} 00000 n \n")),
            None => {
                lines.push(format!("{next_free:010} 65535 f \n"));
                next_free = number;
            }
        }
    }
    lines.iter().rev().for_each(|line| file.extend(line.bytes()));
    let mut trailer = document.trailer;
    trailer.set("Size", Object::Integer(i64::try_from(offsets.len()).unwrap_or(i64::MAX)));
    file.extend(b"trailer\n");
    write_dictionary(&mut file, &trailer);
    file.extend(format!("\nstartxref\n{start}\n%%EOF\n").bytes());
    Ok(file)
}

const TOO_LARGE: &str = "the PDF would be larger than 4 GiB";

fn object_stream(objects: &[(ObjectId, Object)]) -> Result<Stream, String> {
    let mut index = Vec::new();
    let mut data = Vec::new();
    for ((number, _), object) in objects {
        index.extend(format!("{number} {} ", data.len()).bytes());
        write_object(&mut data, object);
        data.push(b' ');
    }
    let count = |number: usize| Object::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    let entries = dictionary([("Type", name("ObjStm")), ("N", count(objects.len())), ("First", count(index.len()))]);
    index.extend(data);
    deflated(entries, padded(index))
}

/// The cross-reference stream: for each object its kind, a number of four bytes and one of two, behind PNG's Up predictor.
fn cross_references(places: &[Place], first_container: usize, trailer: Dictionary) -> Result<Stream, String> {
    let mut predicted = Vec::with_capacity(places.len() * 8);
    let mut above = [0; 7];
    for place in places {
        let (kind, first, second) = match *place {
            Place::Free => (0, 0, u16::MAX),
            Place::Offset(offset) => (1, u32::try_from(offset).map_err(|_| TOO_LARGE)?, 0),
            Place::Packed(container, index) => {
                let container = u32::try_from(first_container + container).map_err(|_| TOO_LARGE)?;
                (2, container, u16::try_from(index).map_err(|_| TOO_LARGE)?)
            }
        };
        let mut row = [kind, 0, 0, 0, 0, 0, 0];
        row[1..5].copy_from_slice(&first.to_be_bytes());
        row[5..].copy_from_slice(&second.to_be_bytes());
        predicted.push(2);
        predicted.extend(row.iter().zip(above).map(|(byte, above)| byte.wrapping_sub(above)));
        above = row;
    }
    // With nothing above the first row, Up equals None, but the predictor's number counts in the checksum.
    if deflates_to_line_break(&predicted)
        && let Some(predictor) = predicted.first_mut()
    {
        *predictor = 0;
    }
    let mut entries = trailer;
    entries.set("Type", name("XRef"));
    entries.set("Size", Object::Integer(i64::try_from(places.len()).unwrap_or(i64::MAX)));
    entries.set("W", Object::Array([1, 4, 2].map(Object::Integer).to_vec()));
    let mut stream = deflated(entries, predicted)?;
    if !stream.dict.has(b"Filter") {
        return Err("cannot compress the cross-references".to_owned());
    }
    let parameters = dictionary([("Predictor", Object::Integer(12)), ("Columns", Object::Integer(7))]);
    stream.dict.set("DecodeParms", Object::Dictionary(parameters));
    Ok(stream)
}

fn write_stream(file: &mut Vec<u8>, number: u32, mut stream: Stream) {
    stream.dict.set("Length", Object::Integer(i64::try_from(stream.content.len()).unwrap_or(i64::MAX)));
    file.extend(format!("{number} 0 obj\n").bytes());
    write_dictionary(file, &stream.dict);
    file.extend(b"\nstream\n");
    file.extend(stream.content);
    file.extend(b"\nendstream\nendobj\n");
}

/// Writes an object as PDF syntax (PDF 32000-1, 7.3), with a space before it where it might run into what precedes it.
fn write_object(data: &mut Vec<u8>, object: &Object) {
    if data.last().is_some_and(|byte| !b"[]<>() \n".contains(byte)) && !starts_itself(object) {
        data.push(b' ');
    }
    match object {
        Object::Null => data.extend(b"null"),
        Object::Boolean(value) => data.extend(value.to_string().bytes()),
        Object::Integer(value) => {
            let _infallible = write!(data, "{value}");
        }
        Object::Real(value) => {
            let _infallible = write!(data, "{value}");
        }
        Object::Name(name) => write_name(data, name),
        Object::String(bytes, format) => write_string(data, bytes, *format),
        Object::Array(items) => {
            data.push(b'[');
            for item in items {
                write_object(data, item);
            }
            data.push(b']');
        }
        Object::Dictionary(dictionary) => write_dictionary(data, dictionary),
        // A stream is always an object of its own, and never gets here.
        Object::Stream(stream) => write_dictionary(data, &stream.dict),
        Object::Reference((number, generation)) => {
            let _infallible = write!(data, "{number} {generation} R");
        }
    }
}

/// Whether an object begins with a delimiter.
fn starts_itself(object: &Object) -> bool {
    match object {
        Object::Name(_) | Object::String(..) | Object::Array(_) | Object::Dictionary(_) | Object::Stream(_) => true,
        Object::Null | Object::Boolean(_) | Object::Integer(_) | Object::Real(_) | Object::Reference(_) => false,
    }
}

fn write_dictionary(data: &mut Vec<u8>, dictionary: &Dictionary) {
    data.extend(b"<<");
    for (key, value) in dictionary {
        write_name(data, key);
        write_object(data, value);
    }
    data.extend(b">>");
}

fn write_name(data: &mut Vec<u8>, name: &[u8]) {
    data.push(b'/');
    for &byte in name {
        if byte.is_ascii_graphic() && !b"()<>[]{}/%#".contains(&byte) {
            data.push(byte);
        } else {
            let _infallible = write!(data, "#{byte:02X}");
        }
    }
}

fn write_string(data: &mut Vec<u8>, bytes: &[u8], format: StringFormat) {
    match format {
        StringFormat::Literal => {
            data.push(b'(');
            for &byte in bytes {
                match byte {
                    b'(' | b')' | b'\\' => data.extend([b'\\', byte]),
                    b'\r' => data.extend(b"\\r"),
                    b'\n' => data.extend(b"\\n"),
                    byte => data.push(byte),
                }
            }
            data.push(b')');
        }
        StringFormat::Hexadecimal => {
            data.push(b'<');
            for byte in bytes {
                let _infallible = write!(data, "{byte:02X}");
            }
            data.push(b'>');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::objects::string;
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for conformance in [Conformance::Accessible, Conformance::Ua2, Conformance::X4, Conformance::X1a] {
            check(Form::of(conformance));
        }
    }

    fn check(form: Form) {
        let mut document = Document::with_version("1.7");
        let value = Object::Dictionary(dictionary([
            ("Odd name/", Object::Array(vec![Object::Integer(1), Object::Integer(-2), name("N"), Object::Null])),
            ("B", Object::Boolean(true)),
            ("R", Object::Real(0.5)),
            ("S", Object::String(b"a(b\\\r\n".to_vec(), StringFormat::Literal)),
            ("H", string(vec![0, 255])),
        ]));
        let ids: Vec<ObjectId> = (0..450).map(|_| document.add_object(value.clone())).collect();
        let stream = document.add_object(Stream::new(Dictionary::new(), b"data".to_vec()));
        let root = document.add_object(dictionary([("Type", name("Catalog")), ("V", Object::Reference(ids[0]))]));
        document.trailer.set("Root", Object::Reference(root));
        let file = save(document, form).unwrap();
        assert!(file.starts_with(format!("%PDF-{}", form.version).as_bytes()));
        let read = Document::load_mem(&file).unwrap();
        for id in ids {
            assert_eq!(*read.get_object(id).unwrap(), value);
        }
        assert_eq!(read.get_object(stream).unwrap().as_stream().unwrap().content, b"data");
    }
}
