//! The five figures in five lines: name, value, observations, interval, notes; or, where something is compared, the
//! value and the observations of that.

use super::figures::{Figure, figures};
use crate::metrics::TrackMetrics;
use crate::view::fit::{cut, pad, pad_line, width};
use crate::view::format::UNDEFINED;
use crate::view::{Align, Line, Role};

/// From this width on names, units and definitions are written out.
const WIDE: usize = 110;
/// No value takes more than this.
const VALUE: usize = 22;
/// What the measures are called where room is short.
const SHORT: [&str; 5] = ["lead time", "frequency", "fail rate", "recovery", "rework"];

/// The lines, for `room` cells.
pub(super) fn lines(
    metrics: &TrackMetrics,
    other: Option<(String, &TrackMetrics)>,
    definitions: &[String],
    room: usize,
) -> Vec<Line> {
    let wide = room >= WIDE;
    let own = set(metrics, wide);
    let mut there = other.as_ref().map(|(_, metrics)| set(metrics, wide));
    if !wide {
        // There is room for one interval, and it is that of the value that is asked for.
        there.iter_mut().flatten().for_each(|it| it.interval = None);
    }
    let aligned = wide || other.is_some();
    let widths = Widths::of(&own, aligned);
    let widths_there = there.as_ref().map(|it| Widths::of(it, aligned));
    let before = match &other {
        Some((name, _)) if wide => name.clone(),
        Some((name, _)) => short(name),
        None => String::new(),
    };
    let line = |(at, it): (usize, &Figure)| {
        let mut line = Line::of(Role::Muted, pad(it.metric, widths.name, Align::Left)).then(widths.numbers(it));
        if let Some((there, widths)) = there.as_ref().and_then(|all| all.get(at)).zip(widths_there.as_ref()) {
            line = line.with(Role::Muted, format!("   {before}")).then(widths.numbers(there));
        } else if !wide {
            line = noted(line, it);
        }
        if wide {
            line = line.with(Role::Muted, definitions.get(at).map(|id| format!("   def {id}")).unwrap_or_default());
            line = if there.is_none() { noted(line, it) } else { line };
        }
        line
    };
    own.iter().enumerate().map(line).collect()
}

fn noted(line: Line, it: &Figure) -> Line {
    match &it.note {
        Some(note) => line.with(Role::Muted, format!("  {note}")),
        None => line,
    }
}

/// `was` for the window before, else the service.
fn short(name: &str) -> String {
    match name.split_once(" in ") {
        Some((service, _)) => cut(service, 12),
        None => "was".to_owned(),
    }
}

/// The figures, with shorter words where room is short.
fn set(metrics: &TrackMetrics, wide: bool) -> Vec<Figure> {
    let all = figures(metrics).into_iter();
    if wide {
        return all.collect();
    }
    let shorter = |(it, metric): (Figure, &'static str)| Figure {
        metric,
        value: it.value.replace(" days a week", " d/week").replace(" day a week", " d/week"),
        n: fewer_words(&it.n),
        ..it
    };
    all.zip(SHORT).map(shorter).collect()
}

/// `95 changes` as `n 95`, `5 episodes, 1 open` as `n 5, 1 open`; `1 of 22` stays.
fn fewer_words(n: &str) -> String {
    if n.contains(" of ") {
        return n.to_owned();
    }
    let (first, rest) = n.split_once(", ").map_or((n, String::new()), |(first, rest)| (first, format!(", {rest}")));
    format!("n {}{rest}", first.split(' ').next().unwrap_or_default())
}

/// How wide the parts are, so that they stand below each other.
struct Widths {
    name: usize,
    value: usize,
    n: usize,
    interval: usize,
    /// Whether what comes after the interval stands below each other too.
    aligned: bool,
}

impl Widths {
    fn of(all: &[Figure], aligned: bool) -> Self {
        let widest = |of: &dyn Fn(&Figure) -> usize| all.iter().map(of).max().unwrap_or_default();
        Self {
            name: widest(&|it| width(it.metric)),
            value: widest(&|it| width(&it.value)).min(VALUE),
            n: widest(&|it| width(&it.n)),
            interval: widest(&|it| it.interval.as_deref().map_or(0, width)),
            aligned,
        }
    }

    fn numbers(&self, it: &Figure) -> Line {
        let role = if it.value == UNDEFINED { Role::Muted } else { Role::Strong };
        let value = Line::of(role, it.value.clone());
        let line = Line::of(Role::Text, "  ")
            .then(pad_line(&value, self.value, Align::Right))
            .with(Role::Muted, format!("  {}", pad(&it.n, self.n, Align::Left)));
        match &it.interval {
            Some(interval) => line.with(Role::Text, format!("  {}", pad(interval, self.interval, Align::Left))),
            None if self.aligned => line.with(Role::Text, " ".repeat(self.interval + 2)),
            None => line,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_observations_lose_their_words() {
        let cases = [("95 changes", "n 95"), ("5 episodes, 1 open", "n 5, 1 open"), ("1 of 22", "1 of 22")];
        assert!(cases.iter().all(|(long, short)| fewer_words(long) == *short));
    }
}
