//! `reelscope report`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use reelscope_stack::report::{ScriptLanguage, html, take_away};
use serde_json::json;

use super::data_dir_or_default;
use crate::failure::Failure;
use crate::hand_out;
use crate::output::{self, say};

/// Write the take-away of a data directory that no Reelscope has open: one HTML file, to be read and printed anywhere.
#[derive(clap::Args)]
pub(crate) struct Report {
    /// The file to write.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Where the databases are [default: the user's data directory].
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Language of the report.
    #[arg(long, value_parser = language(), default_value = ScriptLanguage::En.code())]
    language: ScriptLanguage,
    /// Write the same as JSON.
    #[arg(long)]
    json: bool,
}

fn language() -> impl TypedValueParser<Value = ScriptLanguage> {
    let codes = ScriptLanguage::ALL.iter().map(|language| language.code());
    PossibleValuesParser::new(codes).try_map(|code| code.parse::<ScriptLanguage>())
}

impl Report {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        let data_dir = data_dir_or_default(self.data_dir)?;
        let report = take_away(data_dir.clone(), self.language).await?;
        let content = if self.json {
            json!(report).to_string()
        } else {
            html(&report)
        };
        let file = self.output.display();
        hand_out::write(&self.output, content.as_bytes(), &data_dir)?;
        if self.json {
            output::json(&json!({"file": self.output, "bytes": content.len()}));
        } else {
            say!("{} bytes written to {file}", content.len());
        }
        Ok(ExitCode::SUCCESS)
    }
}
