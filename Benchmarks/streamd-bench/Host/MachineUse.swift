import Foundation

/// Processor time of the whole machine, and of this process, since their starts.
struct MachineTime {
    private var idle = 0.0
    private var stolen = 0.0
    private var total = 0.0
    private var own = 0.0
    private var server = 0.0

    /// Now. All nought where there is no /proc.
    init(server: ServerProcess?) {
        let text = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? ""
        // cpu user nice system idle iowait irq softirq steal, in ticks (proc(5)).
        let fields = text.prefix { $0 != "\n" }.split(separator: " ").dropFirst().prefix(8)
            .compactMap { Double($0) }
        if fields.count == 8 {
            idle = fields[3] + fields[4]
            stolen = fields[7]
            total = fields.reduce(0, +)
        }
        self.server = server?.cpuSeconds ?? 0
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        own =
            Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    /// What happened between an earlier moment and this one.
    func since(_ before: MachineTime) -> MachineUse {
        let ticks = max(1, total - before.total)
        let hertz = Double(sysconf(Int32(_SC_CLK_TCK)))
        let cores = Double(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let seconds = ticks / hertz / cores
        let ours = own - before.own
        let theirs = server - before.server
        let idleTicks = idle - before.idle
        let stolenTicks = stolen - before.stolen
        let busySeconds = (ticks - idleTicks - stolenTicks) / hertz
        return MachineUse(
            ownCPUSeconds: ours, serverCPUSeconds: theirs,
            idleFraction: min(1, max(0, idleTicks / ticks)),
            stolenFraction: min(1, max(0, stolenTicks / ticks)),
            othersCores: max(0, (busySeconds - ours - theirs) / max(seconds, 1e-3)))
    }
}

/// Who used the processors for a while.
struct MachineUse {
    var ownCPUSeconds = 0.0
    var serverCPUSeconds = 0.0
    /// Of all processors, 0…1: nothing to do.
    var idleFraction = 1.0
    /// Of all processors, 0…1: kept from this machine by its host.
    var stolenFraction = 0.0
    /// Processors that neither the server nor this process used. Where the server is unknown it is
    /// among them.
    var othersCores = 0.0
}
