//! The words of a content stream: operands, and the operator that they belong to (ISO 32000-2, 7.2, 7.3 and 8.9.7).
//!
//! A stream is read operator by operator, never as a whole, so that memory is bounded by what one operator may have. What is
//! not understood is skipped. Start at [`Tokens::step`].

/// How many operands an operator is given at most, those within arrays and dictionaries counted.
const MOST_OPERANDS: usize = 1 << 17;

/// How deep arrays and dictionaries may nest.
const DEEPEST: usize = 16;

/// What an operator is given.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Number(f64),
    Name(Vec<u8>),
    String(Vec<u8>),
    Array(Vec<Self>),
    /// Keys and values in order.
    Dictionary(Vec<(Vec<u8>, Self)>),
    /// `true`, `false` or `null`.
    Truth(bool),
}

impl Operand {
    pub(super) fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        if let Self::Name(name) = self { Some(name) } else { None }
    }
}

/// One step in a stream.
pub(super) enum Step<'a> {
    /// An operator; its operands are where the caller said.
    Operator(&'a [u8]),
    /// An image that stands in the stream: its entries. Its data are passed.
    Image(Vec<(Vec<u8>, Operand)>),
}

/// What is left of a stream.
pub(super) struct Tokens<'a> {
    data: &'a [u8],
    at: usize,
    /// How many operands the next operator may still be given.
    room: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0, room: MOST_OPERANDS }
    }

    /// Goes on to the next operator, with its operands in `operands`. `None` at the end. Linear in the bytes passed.
    pub(super) fn step(&mut self, operands: &mut Vec<Operand>) -> Option<Step<'a>> {
        operands.clear();
        self.room = MOST_OPERANDS;
        loop {
            self.skip_space();
            let first = *self.data.get(self.at)?;
            if is_regular(first) && !matches!(first, b'0'..=b'9' | b'+' | b'-' | b'.') {
                let word = self.word();
                match word {
                    b"true" => self.keep(operands, Operand::Truth(true)),
                    b"false" | b"null" => self.keep(operands, Operand::Truth(false)),
                    b"BI" => return self.image(),
                    _ => return Some(Step::Operator(word)),
                }
            } else if let Some(operand) = self.operand(0) {
                self.keep(operands, operand);
            }
        }
    }

    fn keep(&mut self, operands: &mut Vec<Operand>, operand: Operand) {
        if self.room > 0 {
            self.room -= 1;
            operands.push(operand);
        }
    }

    /// The bytes up to a delimiter.
    fn word(&mut self) -> &'a [u8] {
        let rest = &self.data[self.at..];
        let length = rest.iter().position(|byte| !is_regular(*byte)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn skip_space(&mut self) {
        while let Some(byte) = self.data.get(self.at) {
            if is_space(*byte) {
                self.at += 1;
            } else if *byte == b'%' {
                let rest = &self.data[self.at..];
                self.at += rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
            } else {
                break;
            }
        }
    }

    /// Reads what is no operator; at least one byte is passed. `None` for what is nothing.
    fn operand(&mut self, depth: usize) -> Option<Operand> {
        match *self.data.get(self.at)? {
            b'/' => {
                self.at += 1;
                Some(Operand::Name(unescaped(self.word())))
            }
            b'(' => Some(Operand::String(self.literal())),
            b'<' if self.data.get(self.at + 1) == Some(&b'<') => {
                self.at += 2;
                let mut values = self.until(b'>', depth).into_iter();
                let mut entries = Vec::new();
                while let (Some(key), Some(value)) = (values.next(), values.next()) {
                    if let Operand::Name(key) = key {
                        entries.push((key, value));
                    }
                }
                Some(Operand::Dictionary(entries))
            }
            b'<' => {
                let rest = &self.data[self.at + 1..];
                let length = rest.iter().position(|byte| *byte == b'>').unwrap_or(rest.len());
                self.at = (self.at + length + 2).min(self.data.len());
                let digits: Vec<u8> = rest[..length].iter().filter_map(|byte| hex(*byte)).collect();
                let pairs = digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0));
                Some(Operand::String(pairs.collect()))
            }
            b'[' => {
                self.at += 1;
                Some(Operand::Array(self.until(b']', depth)))
            }
            byte if is_regular(byte) => match self.word() {
                b"true" => Some(Operand::Truth(true)),
                b"false" | b"null" => Some(Operand::Truth(false)),
                word => number(word).map(Operand::Number),
            },
            // A closing delimiter that closes nothing.
            _ => {
                self.at += 1;
                None
            }
        }
    }

    /// The operands up to a closing delimiter, which is passed; for dictionaries, it is double.
    fn until(&mut self, end: u8, depth: usize) -> Vec<Operand> {
        let mut operands = Vec::new();
        if depth >= DEEPEST {
            return operands;
        }
        loop {
            self.skip_space();
            match self.data.get(self.at) {
                None => return operands,
                Some(byte) if *byte == end => {
                    self.at += 1;
                    if end == b'>' && self.data.get(self.at) == Some(&end) {
                        self.at += 1;
                    }
                    return operands;
                }
                Some(_) => {
                    if let Some(operand) = self.operand(depth + 1) {
                        self.keep(&mut operands, operand);
                    }
                }
            }
        }
    }

    /// A string in parentheses (7.3.4.2).
    fn literal(&mut self) -> Vec<u8> {
        let mut string = Vec::new();
        let mut open = 0_usize;
        while let Some(byte) = self.data.get(self.at).copied() {
            self.at += 1;
            match byte {
                b'(' => {
                    open += 1;
                    if open > 1 {
                        string.push(byte);
                    }
                }
                b')' => {
                    open -= 1;
                    if open == 0 {
                        break;
                    }
                    string.push(byte);
                }
                b'\\' => string.extend(self.escaped()),
                _ => string.push(byte),
            }
        }
        string
    }

    /// What stands after a backslash in a string.
    fn escaped(&mut self) -> Option<u8> {
        let byte = self.data.get(self.at).copied()?;
        self.at += 1;
        match byte {
            b'n' => Some(b'\n'),
            b'r' => Some(b'\r'),
            b't' => Some(b'\t'),
            b'b' => Some(8),
            b'f' => Some(12),
            b'\n' => None,
            b'\r' => {
                self.at += usize::from(self.data.get(self.at) == Some(&b'\n'));
                None
            }
            b'0'..=b'7' => {
                let mut code = byte - b'0';
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.data.get(self.at).copied() else { break };
                    code = code.wrapping_shl(3) | (digit - b'0');
                    self.at += 1;
                }
                Some(code)
            }
            _ => Some(byte),
        }
    }

    /// An image from behind its `BI`. Its data ends where `EI` stands alone and text follows.
    fn image(&mut self) -> Option<Step<'a>> {
        /// How many bytes behind an end are looked at.
        const LOOK: usize = 12;
        let mut entries = Vec::new();
        let mut key = None;
        loop {
            self.skip_space();
            let first = *self.data.get(self.at)?;
            let value = if is_regular(first) && first.is_ascii_alphabetic() {
                match self.word() {
                    b"ID" => break,
                    word => Some(Operand::Truth(word == b"true")),
                }
            } else {
                self.operand(0)
            };
            match (key.take(), value) {
                (Some(key), Some(value)) if self.room > 0 => {
                    self.room -= 1;
                    entries.push((key, value));
                }
                (None, Some(Operand::Name(name))) => key = Some(name),
                _ => {}
            }
        }
        let start = (self.at + 1).min(self.data.len());
        let rest = &self.data[start..];
        let ends = |at: usize| {
            let before = at == 0 || is_space(rest[at - 1]);
            let after = &rest[(at + 2).min(rest.len())..];
            let after = &after[..after.len().min(LOOK)];
            before
                && after.first().is_none_or(|byte| is_space(*byte))
                && after.iter().all(|byte| is_space(*byte) || matches!(byte, b' '..=b'~'))
        };
        let length = rest.windows(2).enumerate().find(|(at, pair)| *pair == b"EI" && ends(*at)).map(|(at, _)| at);
        self.at = length.map_or(self.data.len(), |length| start + length + 2);
        Some(Step::Image(entries))
    }
}

/// A number as PDF writes it; what other programs write wrongly (`--5`, `1.2.3`) is read as far as it goes.
fn number(word: &[u8]) -> Option<f64> {
    let (mut whole, mut scale, mut point, mut digits) = (0.0_f64, 1.0_f64, false, false);
    let negative = word.first() == Some(&b'-');
    for byte in word.iter().skip_while(|byte| matches!(byte, b'+' | b'-')) {
        match byte {
            b'0'..=b'9' => {
                whole = whole * 10.0 + f64::from(byte - b'0');
                scale *= if point { 10.0 } else { 1.0 };
                digits = true;
            }
            b'.' if !point => point = true,
            _ => break,
        }
    }
    let value = whole / scale;
    (digits || point).then_some(if value.is_finite() { if negative { -value } else { value } } else { 0.0 })
}

/// A name without its escapes (7.3.5).
fn unescaped(word: &[u8]) -> Vec<u8> {
    let mut name = Vec::with_capacity(word.len());
    let mut at = 0;
    while let Some(byte) = word.get(at) {
        let digits = word.get(at + 1).and_then(|byte| hex(*byte)).zip(word.get(at + 2).and_then(|byte| hex(*byte)));
        if let (b'#', Some((high, low))) = (byte, digits) {
            name.push(high << 4 | low);
            at += 3;
        } else {
            name.push(*byte);
            at += 1;
        }
    }
    name
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The operators of a stream with their operands.
    fn steps(content: &[u8]) -> Vec<(String, Vec<Operand>)> {
        let mut tokens = Tokens::new(content);
        let mut operands = Vec::new();
        let mut found = Vec::new();
        while let Some(step) = tokens.step(&mut operands) {
            let name = match step {
                Step::Operator(name) => String::from_utf8_lossy(name).into_owned(),
                Step::Image(entries) => format!("BI {}", entries.len()),
            };
            found.push((name, operands.clone()));
        }
        found
    }

    #[test]
    fn operands_are_read_as_the_specification_writes_them() {
        let read = steps(b"% words\n1 -.5 +2. rg/F#41 12 Tf[(a\\(b\\)(c)\\101) -3<4a4>]TJ /P <</MCID 1/T(x)>>BDC T*");
        let name = |name: &str| Operand::Name(name.into());
        assert_eq!(read[0], ("rg".into(), [1.0, -0.5, 2.0].map(Operand::Number).to_vec()));
        assert_eq!(read[1], ("Tf".into(), vec![name("FA"), Operand::Number(12.0)]));
        let strings = [Operand::String(b"a(b)(c)A".into()), Operand::Number(-3.0), Operand::String(b"J@".into())];
        assert_eq!(read[2], ("TJ".into(), vec![Operand::Array(strings.into())]));
        let entries = vec![(b"MCID".to_vec(), Operand::Number(1.0)), (b"T".to_vec(), Operand::String(b"x".into()))];
        assert_eq!(read[3], ("BDC".into(), vec![name("P"), Operand::Dictionary(entries)]));
        assert_eq!(read[4].0, "T*");
    }

    #[test]
    fn an_image_in_the_stream_ends_where_text_goes_on() {
        let read = steps(b"q BI /W 2 /H 2 /IM true ID \x00 EI\x01\xff EI Q");
        let names: Vec<&str> = read.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["q", "BI 3", "Q"]);
    }

    #[test]
    fn what_is_broken_ends() {
        for content in [&b"((("[..], b")", b"]>>", b"[[[[[[[[[[[[[[[[[[[[[[[", b"<< /A", b"BI /W ID", b"<", b"/", b"\\"]
        {
            assert!(steps(content).is_empty() || content == b"\\" || content.starts_with(b"BI"));
        }
        let many = b"0 ".repeat(2 * MOST_OPERANDS);
        assert_eq!(steps(&[&many[..], b"f"].concat())[0].1.len(), MOST_OPERANDS);
    }
}
