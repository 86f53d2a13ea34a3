import Glibc
import Realtime

// Run by scripts/test-rt with RealtimeSanitizer's runtime linked in, which writes a report to
// standard error for every malloc, lock and system call in the work of a frame.

let usage = """
    usage: realtime-check calls | allocation | message
      calls       plays whole calls through a daemon; exit code 1 when one does not go well
      allocation  allocates in the region, which must be reported
      message     has the parser allocate in the region, which must be reported
    """

guard RealtimeRegion.isChecked else {
    print("realtime-check: the sanitizer's runtime is not linked; run scripts/test-rt")
    exit(70)
}
switch CommandLine.arguments.dropFirst().first {
case "calls": exit(try await WholeCalls.run())
case "allocation": NegativeControl.allocate()
case "message": NegativeControl.receiveLongEscapedPayload()
default:
    print(usage)
    exit(64)
}
