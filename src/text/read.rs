//! From bytes to text, without guessing.

use thiserror::Error;

/// Why a file has no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// The file holds no text.
    #[error("the file is binary")]
    Binary,
    /// The author's editor wrote neither UTF-8 nor marked UTF-16.
    #[error("the file is neither UTF-8 nor marked UTF-16")]
    Encoding,
}

/// The text of a file.
///
/// A UTF-8 byte order mark stays in the text, so that byte offsets are those of the file. Marked UTF-16 is converted;
/// offsets then count in the converted text, without its mark, and lines and columns still are the file's.
pub fn decode(bytes: Vec<u8>) -> Result<String, DecodeError> {
    let utf16 = match bytes.get(..2) {
        Some([0xff, 0xfe]) => Some(u16::from_le_bytes as fn([u8; 2]) -> u16),
        Some([0xfe, 0xff]) => Some(u16::from_be_bytes as fn([u8; 2]) -> u16),
        _ => None,
    };
    if let Some(unit) = utf16 {
        return decode_utf16(&bytes[2..], unit);
    }
    if memchr::memchr(0, &bytes).is_some() {
        return Err(DecodeError::Binary);
    }
    String::from_utf8(bytes).map_err(|_| DecodeError::Encoding)
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, DecodeError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(DecodeError::Encoding);
    }
    let text: String = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .collect::<Result<_, _>>()
        .map_err(|_| DecodeError::Encoding)?;
    if text.contains('\0') { Err(DecodeError::Binary) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_is_marked_and_refuses_the_rest() {
        assert_eq!(decode("привет\n".into()).unwrap(), "привет\n");
        assert_eq!(decode(b"\xef\xbb\xbfa".to_vec()).unwrap(), "\u{feff}a", "a mark keeps its three bytes");
        assert_eq!(decode(b"\xff\xfea\0\n\0".to_vec()).unwrap(), "a\n");
        assert_eq!(decode(b"\xfe\xff\0a".to_vec()).unwrap(), "a");
        assert_eq!(decode(b"\xff\xfea".to_vec()), Err(DecodeError::Encoding), "half a character");
        assert_eq!(decode(b"a\0b".to_vec()), Err(DecodeError::Binary));
        assert_eq!(decode(b"\xff\xfe\0\0a\0\0\0".to_vec()), Err(DecodeError::Binary), "UTF-32");
        assert_eq!(decode(b"caf\xe9".to_vec()), Err(DecodeError::Encoding), "Latin-1");
        assert_eq!(decode(Vec::new()).unwrap(), "");
    }
}
