import Configuration
import Options
import Pipelines

/// Called by libFuzzer with every input; a trap or a fault is a find.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    do {
        let configuration = try Configuration.parse(yaml: text, file: "fuzz.yaml")
        // What is taken must be able to start: an assistant for every call, frames in whole units.
        precondition(configuration.assistants.contains { $0.id == configuration.defaultAssistant })
        precondition(configuration.conversation.frameMs % 10 == 0)
        // Where the end of a turn is fixed, the bounds of the adaptive one mean nothing.
        precondition(
            configuration.turn.endpointing == .fixed
                || configuration.turn.endpointMs <= configuration.turn.endpointMaxMs)
    } catch {
        precondition(error.description.hasPrefix("fuzz.yaml"))
    }
    return 0
}
