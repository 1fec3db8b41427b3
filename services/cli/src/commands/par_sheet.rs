//! `reelscope par-sheet`.

use std::process::ExitCode;

use reelscope_contracts::game::Paytable;
use serde_json::Value;

use crate::failure::Failure;
use crate::output::{self, say};

/// Print the exact figures of the game.
#[derive(clap::Args)]
pub(crate) struct ParSheet {
    /// Print JSON, with strips, paylines and paytable.
    #[arg(long)]
    json: bool,
}

impl ParSheet {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        par_sheet(self.json)
    }
}

fn par_sheet(json: bool) -> Result<ExitCode, Failure> {
    let paytable = reelscope_game_engine::replies::paytable();
    if json {
        output::json(&par_sheet_json(&paytable)?);
        return Ok(ExitCode::SUCCESS);
    }
    let sheet = &paytable.par_sheet;
    say!(
        "{}: {} reels, {} rows, {} paylines",
        paytable.game,
        paytable.reels,
        paytable.rows,
        paytable.paylines.len()
    );
    say!("cycle          {}", sheet.cycle);
    say!(
        "RTP            {:.4} %  ({}/{})",
        sheet.rtp_percent,
        sheet.rtp.numerator,
        sheet.rtp.denominator
    );
    say!(
        "hit frequency  {:.4} %  ({}/{})",
        sheet.hit_frequency_percent,
        sheet.hit_frequency.numerator,
        sheet.hit_frequency.denominator
    );
    let volatility = &sheet.volatility;
    say!(
        "volatility     {} (σ {:.4}, index {:.4})",
        volatility.class,
        volatility.standard_deviation,
        volatility.index_90
    );
    say!(
        "max payout     {} × stake, {} in the cycle",
        sheet.max_payout,
        sheet.max_payout_combinations
    );
    say!("contribution to the RTP:");
    for part in &sheet.contributions {
        say!(
            "  {:<8} × {}  {:>8.4} %",
            part.symbol,
            part.count,
            part.rtp_percent
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The fields of the sheet, with strips, paylines and paytable beside them.
fn par_sheet_json(paytable: &Paytable) -> Result<Value, Failure> {
    let to_value =
        |value: Result<Value, serde_json::Error>| value.map_err(|error| Failure::from(error.to_string()));
    let mut whole = to_value(serde_json::to_value(paytable))?;
    if let Some(fields) = whole.as_object_mut()
        && let Some(Value::Object(mut sheet)) = fields.remove("par_sheet")
    {
        // A number in this output, because readers of the command line expect one, and the cycle of this game fits.
        if let Ok(cycle) = paytable.par_sheet.cycle.parse::<u64>() {
            sheet.insert("cycle".to_owned(), Value::from(cycle));
        }
        fields.extend(sheet);
    }
    Ok(whole)
}
