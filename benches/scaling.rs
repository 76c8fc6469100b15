//! How the time of a scan grows with the files: `cargo bench --bench scaling`. `READINESS_BENCH_SIZES` names other
//! numbers of files (`3000,90000`). Prints the exponent between neighbours: 1 is linear.

mod corpus;

use std::{
    env,
    io::{self, Write as _},
    time::Instant,
};

use corpus::Corpus;
use readiness::{config::Config, scan};

const SIZES: &str = "3000,9000,30000,90000";
/// The fastest of so many scans counts.
const RUNS: usize = 3;

fn main() -> io::Result<()> {
    let sizes = env::var("READINESS_BENCH_SIZES").unwrap_or_else(|_| SIZES.to_owned());
    let sizes = sizes.split(',').filter_map(|size| size.trim().parse::<u32>().ok());
    let mut out = io::stdout().lock();
    let mut before: Option<(f64, f64)> = None;
    for size in sizes {
        let corpus = Corpus::at(None, size as usize);
        let seconds = (0..RUNS).map(|_| timed(&corpus)).fold(f64::INFINITY, f64::min);
        let files = f64::from(size);
        let exponent = before.map_or_else(String::new, |(fewer, faster)| {
            format!("  exponent {:.2}", (seconds / faster).ln() / (files / fewer).ln())
        });
        writeln!(out, "{size:>7} files  {seconds:>8.3} s{exponent}")?;
        before = Some((files, seconds));
    }
    Ok(())
}

fn timed(corpus: &Corpus) -> f64 {
    let start = Instant::now();
    let report = scan(corpus.root(), &Config::default()).expect("the corpus can be scanned");
    divan::black_box(report);
    start.elapsed().as_secs_f64()
}
