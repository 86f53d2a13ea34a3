import FuzzChecks

/// Called by libFuzzer with every input; a trap or a fault is a find.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    WireFuzzing.form(UnsafeRawBufferPointer(start: bytes, count: count))
    return 0
}
