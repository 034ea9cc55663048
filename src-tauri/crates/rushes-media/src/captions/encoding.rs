//! The text encoding of a caption file: detected, or chosen by the user.

use std::{fmt, str::FromStr};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use serde::{Deserialize, Serialize};

/// Leading bytes that are checked for zeros at every other position.
const HEAD: usize = 64;

macro_rules! encodings {
    ($($variant:ident $name:literal $doc:literal,)*) => {
        /// An encoding of texts, by its name in the WHATWG's standard.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
        pub enum CaptionEncoding {
            $(#[doc = $doc] #[serde(rename = $name)] $variant,)*
        }

        impl CaptionEncoding {
            /// All encodings.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in the WHATWG's standard.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

encodings! {
    Utf8 "UTF-8" "Unicode.",
    Utf16Le "UTF-16LE" "Unicode in pairs of bytes, the lower first.",
    Utf16Be "UTF-16BE" "Unicode in pairs of bytes, the higher first.",
    Windows1252 "windows-1252" "Western European.",
    Macintosh "macintosh" "Western European, of old Macs.",
    Windows1250 "windows-1250" "Central European.",
    Iso8859_2 "ISO-8859-2" "Central European, of Unix.",
    Windows1251 "windows-1251" "Cyrillic.",
    Iso8859_5 "ISO-8859-5" "Cyrillic, of Unix.",
    Koi8R "KOI8-R" "Russian, of Unix.",
    Koi8U "KOI8-U" "Ukrainian, of Unix.",
    Ibm866 "IBM866" "Cyrillic, of DOS.",
    Windows1253 "windows-1253" "Greek.",
    Iso8859_7 "ISO-8859-7" "Greek, of Unix.",
    Windows1254 "windows-1254" "Turkish.",
    Windows1255 "windows-1255" "Hebrew.",
    Iso8859_8 "ISO-8859-8" "Hebrew, of Unix.",
    Windows1256 "windows-1256" "Arabic.",
    Iso8859_6 "ISO-8859-6" "Arabic, of Unix.",
    Windows1257 "windows-1257" "Baltic.",
    Iso8859_4 "ISO-8859-4" "Baltic, of Unix.",
    Windows1258 "windows-1258" "Vietnamese.",
    Windows874 "windows-874" "Thai.",
    Gb18030 "gb18030" "Simplified Chinese, with GBK and GB 2312 in it.",
    Big5 "Big5" "Traditional Chinese.",
    ShiftJis "Shift_JIS" "Japanese.",
    EucJp "EUC-JP" "Japanese, of Unix.",
    Iso2022Jp "ISO-2022-JP" "Japanese, of mails.",
    EucKr "EUC-KR" "Korean.",
}

impl fmt::Display for CaptionEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for CaptionEncoding {
    type Err = String;

    /// Accepts any label of the WHATWG's standard, such as `cp1251` or `latin1`.
    fn from_str(label: &str) -> Result<Self, String> {
        let found = Encoding::for_label(label.trim().as_bytes()).and_then(Self::of);
        found.ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|encoding| encoding.name()).collect();
            format!("This is no encoding that captions can be read in. Choose one of: {}.", names.join(", "))
        })
    }
}

impl CaptionEncoding {
    fn of(encoding: &'static Encoding) -> Option<Self> {
        // GBK is decoded as its superset GB 18030.
        let name = if encoding.name() == "GBK" { "gb18030" } else { encoding.name() };
        Self::ALL.iter().copied().find(|known| known.name() == name)
    }

    /// Detects the encoding of a text: by its byte-order mark, by its structure, or
    /// else by the most likely letters.
    pub(super) fn detect(bytes: &[u8]) -> Self {
        if let Some((found, _)) = Encoding::for_bom(bytes) {
            return Self::of(found).unwrap_or(Self::Utf8);
        }
        // UTF-16 without a byte-order mark: digits have a 0 in every other byte.
        let head = &bytes[..bytes.len().min(HEAD)];
        let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|b| **b == 0).count();
        if zeros(1) > head.len() / 4 {
            return Self::Utf16Le;
        }
        if zeros(0) > head.len() / 4 {
            return Self::Utf16Be;
        }
        if std::str::from_utf8(bytes).is_ok() {
            return Self::Utf8;
        }
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
        detector.feed(bytes, true);
        Self::of(detector.guess(None, Utf8Detection::Deny)).unwrap_or(Self::Windows1252)
    }

    /// Decodes the bytes, without the byte-order mark.
    pub(super) fn decode(self, bytes: &[u8]) -> String {
        let encoding = match self {
            Self::Utf8 => UTF_8,
            Self::Utf16Le => UTF_16LE,
            Self::Utf16Be => UTF_16BE,
            other => Encoding::for_label(other.name().as_bytes()).unwrap_or(UTF_8),
        };
        encoding.decode_with_bom_removal(bytes).0.into_owned()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_is_known_by_its_name() {
        for encoding in CaptionEncoding::ALL {
            assert_eq!(encoding.name().parse(), Ok(*encoding));
            assert_eq!(serde_json::to_value(encoding).unwrap(), encoding.name());
        }
        assert_eq!("cp1251".parse(), Ok(CaptionEncoding::Windows1251));
        assert_eq!("gb2312".parse(), Ok(CaptionEncoding::Gb18030));
        assert!("klingon".parse::<CaptionEncoding>().unwrap_err().contains("windows-1251"));
    }

    #[rstest::rstest]
    #[case(CaptionEncoding::Windows1251, "Привет")]
    #[case(CaptionEncoding::Windows1251, "Мы не знаем, что будет завтра.")]
    #[case(CaptionEncoding::Koi8U, "Привет, как дела? Всё хорошо.")]
    #[case(CaptionEncoding::Windows1252, "Café “déjà” où l’on s’aime, à Noël")]
    #[case(CaptionEncoding::Windows1250, "Příliš žluťoučký kůň úpěl ďábelské ódy, že ano")]
    #[case(CaptionEncoding::Windows1253, "Καλημέρα, τι κάνεις σήμερα;")]
    #[case(CaptionEncoding::Windows1254, "Günaydın, nasılsın? Çok güzel bir gün, değil mi, şimdi")]
    #[case(CaptionEncoding::Windows1255, "שלום, מה שלומך היום")]
    #[case(CaptionEncoding::Windows1256, "مرحبا كيف حالك اليوم")]
    #[case(CaptionEncoding::Gb18030, "你好,今天天气很好,我们去公园吧。")]
    #[case(CaptionEncoding::Big5, "你好,今天天氣很好,我們去公園吧。")]
    #[case(CaptionEncoding::ShiftJis, "こんにちは、今日は天気がいいですね。")]
    #[case(CaptionEncoding::EucKr, "안녕하세요, 오늘은 날씨가 좋네요.")]
    #[case(CaptionEncoding::Utf16Le, "Привет")]
    #[case(CaptionEncoding::Utf8, "Привет, 你好, café")]
    fn an_old_encoding_is_found_by_its_letters(#[case] encoding: CaptionEncoding, #[case] words: &str) {
        let text = format!("1\n00:00:00,500 --> 00:00:02,000\n{words}\n");
        let bytes: Vec<u8> = match encoding {
            CaptionEncoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            other => Encoding::for_label(other.name().as_bytes()).unwrap().encode(&text).0.into_owned(),
        };
        let found = CaptionEncoding::detect(&bytes);
        assert_eq!((found, found.decode(&bytes)), (encoding, text));
    }
}
