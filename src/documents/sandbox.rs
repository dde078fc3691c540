//! The limits a child process puts on itself before it reads a byte of an untrusted file.
//!
//! Each layer is taken where the kernel offers it and reported by name; an old kernel loses a layer, not the
//! conversion. Nothing here needs unsafe code of our own: the layers are entered by the process that they bind, not
//! between fork and exec. They are inherited, so a program that the child starts is bound by them too.

use std::collections::BTreeMap;
use std::net::UdpSocket;
use std::path::Path;
use std::process::Command;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetStatus, Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, nice, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

/// Where fonts lie; a child that parses may read them.
pub(super) const FONT_FOLDERS: [&str; 2] = ["/usr/share/fonts", "/usr/local/share/fonts"];

/// What a program of the system may read besides its input: itself, its libraries, its settings.
const SYSTEM_PATHS: [&str; 23] = [
    "/usr",
    "/lib",
    "/lib64",
    "/bin",
    "/sbin",
    "/opt",
    "/snap",
    "/nix/store",
    "/gnu/store",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/libreoffice",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/var/cache/fontconfig",
    "/var/spool/libreoffice",
    "/proc",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
];

/// The rights asked for; a kernel that knows fewer grants what it knows.
const LANDLOCK: ABI = ABI::V6;

/// What a process may use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quota {
    /// Memory that can be written to, stacks and heaps alike.
    pub(super) data_bytes: Option<u64>,
    /// Address space.
    pub(super) address_bytes: u64,
    /// CPU time.
    pub(super) cpu_seconds: u64,
    /// The largest file it may write.
    pub(super) file_bytes: u64,
    /// Open descriptors.
    pub(super) descriptors: u64,
}

/// Binds a process that parses: it reads the given files and fonts, writes to one folder, and can do nothing else.
/// Answers with the layers in force.
pub(super) fn enter_to_parse(quota: Quota, readable: &[&Path], folder: &Path) -> Vec<String> {
    let mut layers = enter_limits(quota);
    let fonts = FONT_FOLDERS.map(Path::new);
    let files = Files {
        readable: readable.iter().copied().chain(fonts).collect(),
        reading: AccessFs::ReadFile | AccessFs::ReadDir,
        folder,
        writing: AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::MakeReg | AccessFs::Truncate,
    };
    layers.extend(enter_landlock(&files));
    layers.extend(enter_seccomp(&[
        threads_by_the_old_call(),
        only_what_parsing_needs(),
    ]));
    layers
}

/// Binds a process that starts a program of the system: no network, and no files but the system's own, the given ones
/// and one folder. Answers with the layers in force.
pub(super) fn enter_to_launch(quota: Quota, readable: &[&Path], folder: &Path) -> Vec<String> {
    let mut layers = enter_limits(quota);
    let files = Files {
        readable: readable
            .iter()
            .copied()
            .chain(SYSTEM_PATHS.map(Path::new))
            .collect(),
        reading: AccessFs::from_read(LANDLOCK),
        folder,
        writing: AccessFs::from_all(LANDLOCK)
            & !AccessFs::Execute
            & !AccessFs::MakeBlock
            & !AccessFs::MakeChar,
    };
    layers.extend(enter_landlock(&files));
    layers.extend(enter_seccomp(&[no_network()]));
    layers
}

/// Keeps those layers of which a forbidden deed shows that they hold.
pub(super) fn retain_what_holds(layers: &mut Vec<String>) {
    layers.retain(|layer| match layer.split(' ').next() {
        Some("landlock") => std::fs::read("/etc/passwd").is_err(),
        Some("seccomp") => {
            UdpSocket::bind(("127.0.0.1", 0)).is_err()
                && Command::new("/proc/self/exe").spawn().is_err()
        }
        _ => true,
    });
}

fn enter_limits(quota: Quota) -> Vec<String> {
    let hard = |value| Rlimit {
        current: Some(value),
        maximum: Some(value),
    };
    // The soft limit on CPU time ends the process with a signal that says why; the hard one is for who ignores it.
    let cpu = Rlimit {
        current: Some(quota.cpu_seconds),
        maximum: Some(quota.cpu_seconds + 2),
    };
    let limits = [
        (Resource::As, hard(quota.address_bytes)),
        (Resource::Cpu, cpu),
        (Resource::Fsize, hard(quota.file_bytes)),
        (Resource::Nofile, hard(quota.descriptors)),
        (Resource::Core, hard(0)),
    ];
    let data = quota.data_bytes.map(|bytes| (Resource::Data, hard(bytes)));
    let all_set = limits
        .into_iter()
        .chain(data)
        .filter(|(resource, limit)| setrlimit(*resource, *limit).is_err())
        .count()
        == 0;
    // Conversion gives way to people: a server that is converting still answers at once.
    let _ = nice(5);
    let mut layers = Vec::new();
    if all_set {
        layers.push("rlimits".to_owned());
    }
    if rustix::thread::set_no_new_privs(true).is_ok() {
        layers.push("no_new_privs".to_owned());
    }
    layers
}

/// Which files a process may touch, and how.
struct Files<'a> {
    readable: Vec<&'a Path>,
    reading: BitFlags<AccessFs>,
    folder: &'a Path,
    writing: BitFlags<AccessFs>,
}

fn enter_landlock(files: &Files<'_>) -> Option<String> {
    let all = AccessFs::from_all(LANDLOCK);
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(all)
        .and_then(|rules| rules.handle_access(AccessNet::from_all(LANDLOCK)))
        .and_then(|rules| rules.scope(Scope::from_all(LANDLOCK)))
        .and_then(Ruleset::create)
        .and_then(|rules| rules.add_rules(path_beneath_rules(&files.readable, files.reading)))
        .and_then(|rules| rules.add_rules(path_beneath_rules([files.folder], files.writing)))
        // Programs write there what nobody wants to read.
        .and_then(|rules| {
            rules.add_rules(path_beneath_rules(
                ["/dev/null"],
                AccessFs::ReadFile | AccessFs::WriteFile,
            ))
        })
        .and_then(landlock::RulesetCreated::restrict_self)
        .ok()?;
    match status.ruleset {
        RulesetStatus::FullyEnforced => Some("landlock".to_owned()),
        RulesetStatus::PartiallyEnforced => Some("landlock (partly)".to_owned()),
        RulesetStatus::NotEnforced => None,
    }
}

fn enter_seccomp(filters: &[Option<BpfProgram>]) -> Option<String> {
    for filter in filters {
        seccompiler::apply_filter(filter.as_ref()?).ok()?;
    }
    Some("seccomp".to_owned())
}

/// The C library starts threads by `clone3`, whose flags a filter cannot see. Told that the call does not exist, it
/// falls back to `clone`, where a new process can be told from a new thread.
fn threads_by_the_old_call() -> Option<BpfProgram> {
    let rules = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    program(
        rules,
        SeccompAction::Allow,
        SeccompAction::Errno(errno(libc::ENOSYS)),
    )
}

/// Everything that reading, computing, writing and ending need. All else fails with "not permitted": there are no
/// sockets, no new processes, no signals to others.
fn only_what_parsing_needs() -> Option<BpfProgram> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        PARSING.iter().map(|call| (*call, Vec::new())).collect();
    let thread = SeccompCondition::new(
        0,
        SeccompCmpArgLen::Qword,
        SeccompCmpOp::MaskedEq(libc::CLONE_THREAD as u64),
        libc::CLONE_THREAD as u64,
    );
    rules.insert(
        libc::SYS_clone,
        vec![SeccompRule::new(vec![thread.ok()?]).ok()?],
    );
    program(
        rules,
        SeccompAction::Errno(errno(libc::EPERM)),
        SeccompAction::Allow,
    )
}

/// Sockets only of the local kind, and none of the calls that get around files and sockets or reach into others.
fn no_network() -> Option<BpfProgram> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = FORBIDDEN_TO_TOOLS
        .iter()
        .map(|call| (*call, Vec::new()))
        .collect();
    let not_local = SeccompCondition::new(
        0,
        SeccompCmpArgLen::Dword,
        SeccompCmpOp::Ne,
        u64::try_from(libc::AF_UNIX).ok()?,
    );
    rules.insert(
        libc::SYS_socket,
        vec![SeccompRule::new(vec![not_local.ok()?]).ok()?],
    );
    // LibreOffice puts a socket into /tmp if it believes it may, and gives up when it may not after all. Asked whether
    // something can be written, the kernel says no, and LibreOffice takes the folder it is told to take.
    let writable = |argument| {
        let mode =
            SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, 2).ok()?;
        Some(vec![SeccompRule::new(vec![mode]).ok()?])
    };
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_access, writable(1)?);
    rules.insert(libc::SYS_faccessat, writable(2)?);
    rules.insert(libc::SYS_faccessat2, writable(2)?);
    program(
        rules,
        SeccompAction::Allow,
        SeccompAction::Errno(errno(libc::EACCES)),
    )
}

fn program(
    rules: BTreeMap<i64, Vec<SeccompRule>>,
    otherwise: SeccompAction,
    on_match: SeccompAction,
) -> Option<BpfProgram> {
    let architecture = std::env::consts::ARCH.try_into().ok()?;
    SeccompFilter::new(rules, otherwise, on_match, architecture)
        .ok()?
        .try_into()
        .ok()
}

fn errno(code: i32) -> u32 {
    code.unsigned_abs()
}

const PARSING: &[i64] = &[
    libc::SYS_brk,
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_clone3,
    libc::SYS_close,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_fadvise64,
    libc::SYS_fcntl,
    libc::SYS_fdatasync,
    libc::SYS_flock,
    libc::SYS_fstat,
    libc::SYS_fsync,
    libc::SYS_ftruncate,
    libc::SYS_futex,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_gettid,
    libc::SYS_gettimeofday,
    libc::SYS_getuid,
    libc::SYS_lseek,
    libc::SYS_madvise,
    libc::SYS_membarrier,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_newfstatat,
    libc::SYS_openat,
    libc::SYS_ppoll,
    libc::SYS_pread64,
    libc::SYS_prlimit64,
    libc::SYS_pwrite64,
    libc::SYS_read,
    libc::SYS_readlinkat,
    libc::SYS_readv,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
    libc::SYS_sigaltstack,
    libc::SYS_statx,
    libc::SYS_sysinfo,
    libc::SYS_tgkill,
    libc::SYS_uname,
    libc::SYS_write,
    libc::SYS_writev,
    // Older calls that some architectures still have.
    #[cfg(target_arch = "x86_64")]
    libc::SYS_access,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_arch_prctl,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lstat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_open,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_readlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_stat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_time,
];

const FORBIDDEN_TO_TOOLS: &[i64] = &[
    libc::SYS_add_key,
    libc::SYS_bpf,
    libc::SYS_chroot,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_io_uring_setup,
    libc::SYS_kexec_load,
    libc::SYS_keyctl,
    libc::SYS_mount,
    libc::SYS_move_mount,
    libc::SYS_open_by_handle_at,
    libc::SYS_open_tree,
    libc::SYS_perf_event_open,
    libc::SYS_pivot_root,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_ptrace,
    libc::SYS_reboot,
    libc::SYS_request_key,
    libc::SYS_setns,
    libc::SYS_umount2,
    libc::SYS_unshare,
    libc::SYS_userfaultfd,
];
