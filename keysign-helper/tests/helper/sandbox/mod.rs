//! The sandbox of the installed helper: what it can do in each stage, which calls a run takes, and what it does on kernels
//! that lack a part.

mod calls;
mod kernels;
mod modules;
mod names;
mod output;
#[cfg(target_arch = "x86_64")]
mod stages;
#[cfg(target_arch = "x86_64")]
mod tracer;
