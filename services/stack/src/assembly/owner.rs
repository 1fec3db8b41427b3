//! Puts together the page's API beside the game, and the collector's port.

use std::path::PathBuf;
use std::sync::Arc;

use reelscope_collector::{Collector, ingest_dsn, ingest_router};
use reelscope_demo::faults::Faults;
use reelscope_demo::faults_http::Steering;
use reelscope_demo::program::Program;
use reelscope_demo::spins::SessionSpins;
use reelscope_presenter::facts::Observer;
use reelscope_presenter::presenter::Presenter;
use reelscope_presenter::scripts::{OwnScript, ScriptError};
use reelscope_telemetry::Service;
use tokio::sync::watch;

use super::switches::Demo;
use crate::api::OwnerApi;
use crate::config::Config;
use crate::listen::{bind_where_it_was, local_address};
use crate::notices::Notices;
use crate::overhead::Overhead;
use crate::preferences::{PREFERENCES, Preferences};
use crate::servers::Servers;
use crate::settings_http::{self, Current, SettingsFile};
use crate::start_error::StartError;

/// Directory below the data directory in which the cost of telemetry is measured.
const OVERHEAD: &str = "overhead";

impl Servers {
    /// Starts the collector's server and returns the routes beside the game. They are on the page's own origin, so
    /// that the browser's envelopes need no CORS, and they are not traced, because they carry the traces.
    pub(super) async fn owner_api(
        &mut self,
        config: Config,
        collector: Collector,
        demo: Demo,
        services: Vec<Service>,
        notices: Notices,
        release: watch::Sender<String>,
    ) -> Result<OwnerApi, StartError> {
        let listener = bind_where_it_was(&config.data_dir).await?;
        let collector_dsn = ingest_dsn(&collector, local_address(&listener)?);
        self.serve("collector", listener, ingest_router(collector.clone()))?;
        let settings = settings_http::Shared::new(Current {
            settings: config.settings.unwrap_or_default(),
            file: config.settings_file.clone().map(SettingsFile::read).transpose()?,
            collector_dsn,
            services,
            collector: collector.clone(),
            release,
        });
        let preferences = config.settings_file.map(|file| file.with_file_name(PREFERENCES));
        let preferences = Preferences::of(preferences);
        let overhead = Overhead::new(config.data_dir.join(OVERHEAD), demo.traffic.clone());
        let spins = self.watch(&demo.faults, &collector);
        let program = program(&settings, &overhead);
        let steering = Steering {
            faults: demo.faults,
            traffic: demo.traffic.clone(),
            spins,
            program: program.clone(),
            exact: Arc::default(),
        };
        let measured = overhead.clone();
        let last_cost = Arc::new(move || measured.cost());
        let observer = Observer::new(collector.clone(), steering.clone(), last_cost);
        let presenter = self.present(observer, config.data_dir, config.script)?;
        Ok(OwnerApi {
            collector,
            settings,
            preferences,
            notices,
            overhead,
            steering,
            traffic: demo.traffic,
            presenter,
            program,
        })
    }

    /// Starts the presenter, and its looking for what is fulfilled.
    fn present(
        &mut self,
        observer: Observer,
        data_dir: PathBuf,
        own: Option<OwnScript>,
    ) -> Result<Presenter, StartError> {
        let presenter = Presenter::new(observer, data_dir, own).map_err(ScriptError::Mistaken)?;
        let watched = presenter.clone();
        self.tasks
            .spawn_restarted("watch of the presentation", move || watched.clone().watch());
        Ok(presenter)
    }

    /// Starts the search for evidence of faults and the reading of the session's spins.
    fn watch(&mut self, faults: &Faults, collector: &Collector) -> SessionSpins {
        let (watched, watching) = (collector.clone(), faults.clone());
        self.tasks.spawn_restarted("watch of the faults", move || {
            watching.clone().watch(watched.clone())
        });
        let timed = faults.clone();
        self.tasks
            .spawn_restarted("end of timed faults", move || timed.clone().end_timed());
        let spins = SessionSpins::new(collector.clone());
        let (seen, session) = (spins.clone(), faults.clone());
        self.tasks
            .spawn_restarted("look at the session's spins", move || {
                let session = session.clone();
                seen.clone().watch(move || session.captured_before())
            });
        spins
    }
}

/// Implements what the demo asks of the program.
fn program(settings: &settings_http::Shared, overhead: &Overhead) -> Program {
    let (settings, measuring, measured) = (settings.clone(), overhead.clone(), overhead.clone());
    Program {
        say_release: Arc::new(move |release| {
            let settings = settings.clone();
            Box::pin(async move { settings.say_release(&release).await })
        }),
        is_measuring: Arc::new(move || measuring.is_measuring()),
        stop_measuring: Arc::new(move || measured.cancel()),
    }
}
