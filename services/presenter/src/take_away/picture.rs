//! A waterfall as a picture.

use reelscope_page_api::telemetry::Micros;

use super::format::{Format, brief, count, escaped, ms};
use super::waterfall::{Waterfall, WaterfallRow};

/// Width of a waterfall, of its names, and height of a row, in units of the picture.
const WIDTH: f64 = 640.0;
const NAMES: f64 = 290.0;
const TIMES: f64 = 54.0;
const ROW: f64 = 13.0;
/// Limit of the letters of a name.
const MOST_LETTERS: usize = 50;

/// Draws a trace as SVG; `scale` is the time, in microseconds, that takes the whole width.
pub(super) fn picture(format: Format, trace: &Waterfall, scale: Micros) -> String {
    let height = ROW * count(trace.rows.len() as u64) + 2.0;
    let mut text = format!("<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" font-size=\"9\">\n");
    for (at, row) in trace.rows.iter().enumerate() {
        text.push_str(&bar(format, row, ROW * count(at as u64), scale));
    }
    text.push_str("</svg>\n");
    text
}

fn bar(format: Format, row: &WaterfallRow, top: f64, scale: Micros) -> String {
    let room = WIDTH - NAMES - TIMES;
    let across = |time: Micros| room * ms(time) / ms(scale);
    let indent = 8.0 * f64::from(row.depth.min(8));
    let name = brief(&format!("{} · {}", row.service, row.label), MOST_LETTERS);
    let (left, width) = (NAMES + across(row.start_us), across(row.duration_us).max(1.0));
    let colour = colour(&row.service);
    // What the trace did not wait for is pale.
    let opacity = if row.critical_us * 2 >= row.duration_us {
        1.0
    } else {
        0.35
    };
    let text_colour = if row.failed { "#a62318" } else { "#1b2230" };
    let base = top + 10.5;
    format!(
        "<text x=\"{indent}\" y=\"{base}\" fill=\"{text_colour}\">{}</text>\
         <rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"9\" rx=\"1\" fill=\"{colour}\" fill-opacity=\"{opacity}\"/>\
         <text x=\"{:.1}\" y=\"{base}\" fill=\"#5a6475\">{}</text>\n",
        escaped(&name),
        top + 3.0,
        left + width + 4.0,
        escaped(&format.ms(ms(row.duration_us))),
    )
}

/// Colours that can be told apart on white paper.
fn colour(service: &str) -> &'static str {
    match service {
        "frontend" => "#3b6fd4",
        "api-gateway" => "#8a4fe0",
        "user-service" => "#0b8fb3",
        "game-engine" => "#7d8c00",
        "payment-service" => "#9a6a35",
        "payment-provider" => "#c23f97",
        _ => "#5b6680",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_that_has_a_colour_on_the_screen_has_one_on_paper() {
        let page = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../ui/src/app/core/ui/service-colour.ts"
        );
        let page = std::fs::read_to_string(page).unwrap();
        let (_, known) = page.split_once("STATIONS = [").unwrap();
        let (known, _) = known.split_once(']').unwrap();
        let known: Vec<_> = known.split('\'').skip(1).step_by(2).collect();
        assert!(
            reelscope_contracts::SERVICES
                .iter()
                .all(|service| known.contains(service))
        );
        let mut colours: Vec<_> = known.iter().map(|service| colour(service)).collect();
        colours.push(colour("a service of somebody else"));
        colours.sort_unstable();
        colours.dedup();
        assert_eq!(colours.len(), known.len() + 1);
    }
}
