//! A theme's styles in as many colours as there are.

use ratatui::style::{Color, Modifier, Style};

use crate::ui::color::{ColorLevel, rgb};

/// Less than this share of its brightest channel, and a colour is a grey.
const GREY: f64 = 0.255;
/// A ground whose channels differ by less is a wash behind text, and no accent.
const WASH: u8 = 60;

/// Red, green, blue.
type Rgb = (u8, u8, u8);

/// How the styles of a theme are reduced.
///
/// In sixteen colours, what each of them looks like is the terminal's business, and it chose them for its own ground. A
/// theme that has a ground of its own gives it up there: its greys become the terminal's ink, its other colours the
/// terminal's of the same hue, and what stood on a ground of its own is reversed.
pub struct Reduced {
    level: ColorLevel,
    /// Ink and ground of a theme that has both.
    screen: Option<(Rgb, Rgb)>,
}

impl Reduced {
    /// For a theme whose screen looks like this.
    pub fn new(level: ColorLevel, screen: Style) -> Self {
        Self { level, screen: screen.fg.and_then(rgb).zip(screen.bg.and_then(rgb)) }
    }

    /// The style in as many colours as there are.
    pub fn style(&self, style: Style) -> Style {
        if let (ColorLevel::Sixteen, Some((ink, ground))) = (self.level, self.screen) {
            return of_the_terminal(style, ink, ground);
        }
        let bg = style.bg.map(|color| self.level.reduce(color));
        let behind = bg.or_else(|| self.screen.map(|(_, (r, g, b))| self.level.reduce(Color::Rgb(r, g, b))));
        let fg = style.fg.map(|color| match behind.and_then(rgb) {
            Some(behind) => self.level.reduce_on(color, behind),
            None => self.level.reduce(color),
        });
        Style { fg, bg, underline_color: None, ..style }
    }
}

fn of_the_terminal(style: Style, ink: (u8, u8, u8), ground: (u8, u8, u8)) -> Style {
    let behind = style.bg.and_then(rgb).filter(|behind| *behind != ground);
    let text = style.fg.and_then(rgb);
    let wash = behind.is_some_and(|behind| spread(behind) < WASH);
    let shown = if wash { Color::Reset } else { behind.or(text).map_or(Color::Reset, hue) };
    let mut reduced = Style { fg: Some(shown), bg: None, underline_color: None, ..style };
    if style.bg.is_some() {
        reduced.bg = Some(Color::Reset);
    }
    if behind.is_some() {
        return reduced.add_modifier(Modifier::REVERSED);
    }
    let from_ground = |color| apart(color, ground);
    let faint = text.is_some_and(|text| from_ground(text) < from_ground(ink) * 0.8);
    if shown == Color::Reset && faint { reduced.add_modifier(Modifier::DIM) } else { reduced }
}

/// How much brighter or darker one colour looks than the other.
fn apart(a: (u8, u8, u8), b: (u8, u8, u8)) -> f64 {
    let luma = |(r, g, b): (u8, u8, u8)| 0.2126 * f64::from(r) + 0.7152 * f64::from(g) + 0.0722 * f64::from(b);
    (luma(a) - luma(b)).abs()
}

fn spread((r, g, b): (u8, u8, u8)) -> u8 {
    r.max(g).max(b) - r.min(g).min(b)
}

/// The terminal's colour of the same hue; its ink for a grey.
fn hue((r, g, b): (u8, u8, u8)) -> Color {
    let (red, green, blue) = (f64::from(r), f64::from(g), f64::from(b));
    let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
    let spread = most - least;
    if spread <= GREY * most || most < 24.0 {
        return Color::Reset;
    }
    let degrees = if r >= g && r >= b {
        60.0 * (green - blue) / spread
    } else if g >= b {
        120.0 + 60.0 * (blue - red) / spread
    } else {
        240.0 + 60.0 * (red - green) / spread
    };
    match degrees.rem_euclid(360.0) {
        at if !(20.0..335.0).contains(&at) => Color::Red,
        at if at < 72.0 => Color::Yellow,
        at if at < 160.0 => Color::Green,
        at if at < 202.0 => Color::Cyan,
        at if at < 252.0 => Color::Blue,
        _ => Color::Magenta,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("#bf616a", Color::Red)]
    #[case("#f38ba8", Color::Red)]
    #[case("#fab387", Color::Yellow)]
    #[case("#ebcb8b", Color::Yellow)]
    #[case("#a3be8c", Color::Green)]
    #[case("#2aa198", Color::Cyan)]
    #[case("#88c0d0", Color::Cyan)]
    #[case("#7aa2f7", Color::Blue)]
    #[case("#bb9af7", Color::Magenta)]
    #[case("#cdd6f4", Color::Reset)]
    #[case("#ebdbb2", Color::Reset)]
    #[case("#000000", Color::Reset)]
    fn a_colour_becomes_the_terminals_of_its_hue(#[case] written: &str, #[case] shown: Color) {
        assert_eq!(hue(crate::ui::color::parse(written).and_then(rgb).unwrap()), shown);
    }

    #[test]
    fn what_stood_on_its_own_ground_is_reversed_and_what_was_faint_is_dim() {
        let color = |written: &str| crate::ui::color::parse(written).unwrap();
        let screen = Style::new().fg(color("#c0caf5")).bg(color("#1a1b26"));
        let reduced = Reduced::new(ColorLevel::Sixteen, screen);
        let selected = reduced.style(Style::new().fg(color("#c0caf5")).bg(color("#3b4261")));
        assert!(selected.add_modifier.contains(Modifier::REVERSED) && selected.bg == Some(Color::Reset));
        assert_eq!(selected.fg, Some(Color::Reset));
        let badge = reduced.style(Style::new().fg(color("#1a1b26")).bg(color("#f7768e")));
        assert_eq!(badge.fg, Some(Color::Red));
        let muted = reduced.style(Style::new().fg(color("#8a8fa8")));
        assert_eq!((muted.fg, muted.add_modifier), (Some(Color::Reset), Modifier::DIM));
        assert_eq!(reduced.style(screen).add_modifier, Modifier::empty());
    }
}
