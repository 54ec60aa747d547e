//! How many colours there are, and colours in as many.

use ratatui::style::Color;

/// What somebody wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// What the terminal and the environment say.
    #[default]
    Auto,
    /// Colours whatever they say.
    Always,
    /// No colours.
    Never,
}

/// How many colours there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColorLevel {
    /// None: only bold, dim, underlined and reversed.
    Mono,
    /// Sixteen.
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    /// All.
    True,
}

impl ColorLevel {
    /// How many colours there are by what the environment says: `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE`, `COLORTERM`,
    /// `TERM`. `variable` looks one up.
    pub fn detect(choice: ColorChoice, variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let capable = match (set("COLORTERM").as_deref(), set("TERM").as_deref()) {
            (Some("truecolor" | "24bit"), _) => Self::True,
            (_, Some(term)) if term.ends_with("-direct") => Self::True,
            (_, Some(term)) if term.contains("256color") => Self::Indexed,
            (_, Some("dumb")) => Self::Mono,
            _ => Self::Sixteen,
        };
        let forced = set("CLICOLOR_FORCE").is_some_and(|value| value != "0");
        let refused = set("NO_COLOR").is_some() || set("CLICOLOR").as_deref() == Some("0");
        match choice {
            ColorChoice::Never => Self::Mono,
            ColorChoice::Always => capable.max(Self::Sixteen),
            ColorChoice::Auto if refused && !forced => Self::Mono,
            ColorChoice::Auto if forced => capable.max(Self::Sixteen),
            ColorChoice::Auto => capable,
        }
    }

    /// The nearest colour that there is.
    pub fn reduce(self, color: Color) -> Color {
        match (self, color) {
            (Self::Mono, _) => Color::Reset,
            (Self::Indexed, Color::Rgb(r, g, b)) => Color::Indexed(nearest(16..=255, (r, g, b))),
            (Self::Sixteen, Color::Rgb(r, g, b)) => sixteen(nearest(0..=15, (r, g, b))),
            (Self::Sixteen, Color::Indexed(index)) => match xterm(index) {
                _ if index < 16 => sixteen(index),
                rgb => sixteen(nearest(0..=15, rgb)),
            },
            (_, color) => color,
        }
    }

    /// The nearest of the 256 colours that can be read on `ground`; the nearest that there is for a colour that is far
    /// from readable there, as shades of charts are, and with any other number of colours.
    pub fn reduce_on(self, color: Color, ground: (u8, u8, u8)) -> Color {
        let (Self::Indexed, Color::Rgb(r, g, b)) = (self, color) else { return self.reduce(color) };
        if contrast((r, g, b), ground) < READABLE - 1.0 {
            return self.reduce(color);
        }
        let readable = (16..=255).filter(|index| contrast(xterm(*index), ground) >= READABLE);
        let nearest = readable.min_by_key(|index| distance(xterm(*index), (r, g, b)));
        nearest.map_or_else(|| self.reduce(color), Color::Indexed)
    }
}

/// The least contrast of text: WCAG 2.1, 1.4.3, level AA.
pub const READABLE: f64 = 4.5;

/// The contrast of two colours: WCAG 2.1.
pub fn contrast(a: (u8, u8, u8), b: (u8, u8, u8)) -> f64 {
    let channel = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = |(r, g, b): (u8, u8, u8)| 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn nearest(among: std::ops::RangeInclusive<u8>, rgb: (u8, u8, u8)) -> u8 {
    among.min_by_key(|&index| distance(xterm(index), rgb)).unwrap_or_default()
}

/// A distance that weighs the channels roughly as eyes do.
fn distance(a: (u8, u8, u8), b: (u8, u8, u8)) -> u32 {
    let square = |x: u8, y: u8| u32::from(x.abs_diff(y)).pow(2);
    2 * square(a.0, b.0) + 4 * square(a.1, b.1) + 3 * square(a.2, b.2)
}

/// The colour that xterm shows for an index.
fn xterm(index: u8) -> (u8, u8, u8) {
    const BASE: [(u8, u8, u8); 16] = [
        (0, 0, 0),
        (205, 0, 0),
        (0, 205, 0),
        (205, 205, 0),
        (0, 0, 238),
        (205, 0, 205),
        (0, 205, 205),
        (229, 229, 229),
        (127, 127, 127),
        (255, 0, 0),
        (0, 255, 0),
        (255, 255, 0),
        (92, 92, 255),
        (255, 0, 255),
        (0, 255, 255),
        (255, 255, 255),
    ];
    let level = |step: u8| if step == 0 { 0 } else { 55 + step * 40 };
    match index {
        232.. => {
            let grey = 8 + (index - 232) * 10;
            (grey, grey, grey)
        }
        16.. => {
            let at = index - 16;
            (level(at / 36), level(at / 6 % 6), level(at % 6))
        }
        _ => BASE.get(usize::from(index)).copied().unwrap_or_default(),
    }
}

fn sixteen(index: u8) -> Color {
    NAMES.get(usize::from(index)).map_or(Color::Reset, |&(_, color)| color)
}

const NAMES: [(&str, Color); 16] = [
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("bright-black", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];

/// Reads a colour: `default`, a name, `#rrggbb`, or an index of the 256.
pub fn parse(written: &str) -> Option<Color> {
    if written == "default" {
        return Some(Color::Reset);
    }
    if let Some(hex) = written.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.is_ascii()) {
        let channel = |at: usize| hex.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        return Some(Color::Rgb(channel(0)?, channel(2)?, channel(4)?));
    }
    let named = NAMES.iter().find(|(name, _)| *name == written).map(|&(_, color)| color);
    named.or_else(|| written.parse().ok().map(Color::Indexed))
}

/// The red, green and blue of a colour, where it is not the terminal's own.
pub fn rgb(color: Color) -> Option<(u8, u8, u8)> {
    match color {
        Color::Reset => None,
        Color::Rgb(r, g, b) => Some((r, g, b)),
        Color::Indexed(index) => Some(xterm(index)),
        named => {
            let at = NAMES.iter().position(|&(_, color)| color == named)?;
            u8::try_from(at).ok().map(xterm)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(ColorChoice::Auto, &[("COLORTERM", "truecolor")], ColorLevel::True)]
    #[case(ColorChoice::Auto, &[("TERM", "xterm-256color")], ColorLevel::Indexed)]
    #[case(ColorChoice::Auto, &[("TERM", "xterm")], ColorLevel::Sixteen)]
    #[case(ColorChoice::Auto, &[("TERM", "dumb")], ColorLevel::Mono)]
    #[case(ColorChoice::Auto, &[("COLORTERM", "truecolor"), ("NO_COLOR", "1")], ColorLevel::Mono)]
    #[case(ColorChoice::Auto, &[("COLORTERM", "truecolor"), ("NO_COLOR", "")], ColorLevel::True)]
    #[case(ColorChoice::Auto, &[("TERM", "xterm"), ("CLICOLOR", "0")], ColorLevel::Mono)]
    #[case(ColorChoice::Auto, &[("TERM", "dumb"), ("CLICOLOR_FORCE", "1")], ColorLevel::Sixteen)]
    #[case(ColorChoice::Always, &[("NO_COLOR", "1"), ("COLORTERM", "24bit")], ColorLevel::True)]
    #[case(ColorChoice::Never, &[("COLORTERM", "truecolor")], ColorLevel::Mono)]
    fn the_environment_says_how_many(
        #[case] choice: ColorChoice,
        #[case] set: &[(&str, &str)],
        #[case] level: ColorLevel,
    ) {
        let variable = |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        assert_eq!(ColorLevel::detect(choice, variable), level);
    }

    #[rstest]
    #[case("#ff0000", Color::Indexed(196), Color::LightRed)]
    #[case("#808080", Color::Indexed(244), Color::DarkGray)]
    #[case("#005f00", Color::Indexed(22), Color::Black)]
    #[case("blue", Color::Blue, Color::Blue)]
    #[case("214", Color::Indexed(214), Color::Yellow)]
    fn colours_are_reduced_to_the_nearest(#[case] written: &str, #[case] indexed: Color, #[case] ansi: Color) {
        let color = parse(written).unwrap();
        assert_eq!(ColorLevel::Indexed.reduce(color), indexed);
        assert_eq!(ColorLevel::Sixteen.reduce(color), ansi);
        assert_eq!(ColorLevel::Mono.reduce(color), Color::Reset);
        assert_eq!(ColorLevel::True.reduce(color), color);
    }

    #[test]
    fn what_is_no_colour_is_told() {
        for wrong in ["", "#12", "#gggggg", "reddish", "256", "#é234"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
