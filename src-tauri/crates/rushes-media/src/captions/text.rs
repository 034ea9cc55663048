//! The text of one caption: strips formatting tags and decodes entities.
//!
//! Every step is linear in the length of the text, because files may come from
//! untrusted sources.

/// A text without the formatting of SubRip, WebVTT and ASS, because the clip has its
/// own style. `<br>` becomes a line break.
pub(super) fn plain(text: &str) -> String {
    let text = letters(&untagged(text));
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn untagged(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '{']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match tag(rest) {
            Some(Tag { length, breaks }) => {
                out.push_str(if breaks { "\n" } else { "" });
                rest = &rest[length..];
            }
            None => {
                out.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

struct Tag {
    length: usize,
    /// Whether it breaks the line.
    breaks: bool,
}

/// The formatting tag that `text` begins with. `<3` and `{curly}` are not tags.
fn tag(text: &str) -> Option<Tag> {
    let close = if text.starts_with("{\\") { '}' } else { '>' };
    // Tags do not nest: another opening bracket before the end makes this plain text.
    let end = 1 + text[1..].find(['<', '{', '>', '}'])?;
    if !text[end..].starts_with(close) || (close == '>' && !text.starts_with('<')) {
        return None;
    }
    let length = end + 1;
    if close == '}' {
        return Some(Tag { length, breaks: false });
    }
    let inner = text[1..end].trim_start_matches('/');
    // The name ends at white space, at a class (`c.yellow`), or at a slash.
    let name = inner.split(|c: char| c.is_whitespace() || matches!(c, '.' | '/')).next()?;
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    let breaks = is("br");
    let known = ["i", "b", "u", "s", "font", "c", "v", "lang", "ruby", "rt"];
    (breaks || known.into_iter().any(is)).then_some(Tag { length, breaks })
}

/// Longest entity that is recognised, in bytes: `&#x10FFFF;`.
const ENTITY: usize = 10;

/// Decodes WebVTT's named entities and HTML's numeric ones.
fn letters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (letter, length) = entity(rest).unwrap_or(('&', 1));
        out.push(letter);
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

/// The character of the entity that `text` begins with, and its length in bytes.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(ENTITY).position(|byte| byte == b';')?;
    let name = text[..end].strip_prefix('&')?;
    let letter = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        // A plain space will do: libass breaks at neither.
        "nbsp" => '\u{a0}',
        "lrm" => '\u{200e}',
        "rlm" => '\u{200f}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|letter| !letter.is_control() || *letter == '\n')?
        }
    };
    Some((letter, end + 1))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    #[rstest::rstest]
    #[case("<i>Olé</i> {\\an8}<3", "Olé <3")]
    #[case("{curly} <angle> a < b > c", "{curly} <angle> a < b > c")]
    #[case("one<br>two<br/>three<BR />four", "one\ntwo\nthree\nfour")]
    #[case("Tom &amp; Jerry &lt;3 &quot;x&quot; &#39;y&#39; &#x1F600;", "Tom & Jerry <3 \"x\" 'y' 😀")]
    #[case("&lt;i&gt; is a tag, R&D; and &#1; are not", "<i> is a tag, R&D; and &#1; are not")]
    #[case("<v Anna>Hi</v> <c.yellow>sun</c> <font color=\"#fff\">x</font>", "Hi sun x")]
    #[case("<i <b>both</b>", "<i both")]
    fn formatting_goes_and_words_stay(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(plain(text), expected);
    }

    /// Linear parsing takes about four times as long for four times the text. The bound
    /// is far above that, and far below the minutes that quadratic parsing takes.
    #[rstest::rstest]
    #[case("<")]
    #[case("{\\")]
    #[case("<i")]
    #[case("&")]
    #[case("&#")]
    #[case("</")]
    fn a_long_text_of_beginnings_takes_no_longer_than_its_length(#[case] beginning: &str) {
        let text = beginning.repeat((4 << 20) / beginning.len());
        let start = Instant::now();
        plain(&text);
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    }

    proptest! {
        #[test]
        fn words_without_signs_stay_as_they_are(words in "[A-Za-zäß語 !?'\",.;:-]{0,60}") {
            prop_assert_eq!(plain(&words), words.trim());
        }

        #[test]
        fn no_text_grows_or_breaks(text in "[<>{}&;#x0-9/\\\\a-zäN\n br]{0,80}") {
            prop_assert!(plain(&text).len() <= text.len());
        }
    }
}
