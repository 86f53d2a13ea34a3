import Assembly
import Net
import Telemetry

/// `/twilio/stream`: takes Twilio's WebSocket handshakes.
package struct StreamEndpoint {
    private let context: StreamContext
    private let loop: EventLoop
    private let decodeBuffer = DecodeBuffer()

    package init(_ context: StreamContext, loop: EventLoop) {
        self.context = context
        self.loop = loop
    }

    private func open(_ request: HTTPRequest, _ responder: HTTPResponder) {
        guard context.trust.isTrustedHandshake(request) else {
            context.tell.metrics.signatureFailuresTotal.add(1)
            context.tell.log.warning(
                "stream refused: wrong or missing X-Twilio-Signature",
                [
                    "from": .text(request.remoteAddress),
                    "url": .text(context.trust.url(of: request)),
                ])
            return responder.respond(.text(403, "The handshake's signature does not fit."))
        }
        var limits = WebSocketLimits()
        limits.messageBytesMax = context.business.configuration.twilio.messageBytesMax
        limits.outboundBytesMax = context.business.configuration.buffers.outboundBytesMax
        let connection = StreamConnection(
            context: context, loop: loop, remoteAddress: request.remoteAddress,
            decodeBuffer: decodeBuffer)
        _ = responder.acceptWebSocket(limits: limits, handler: connection)
    }
}

extension StreamEndpoint {
    package var page: Page {
        Page(
            "/twilio/stream",
            APIOperation(
                id: "openStream", tag: "twilio",
                summary: "A WebSocket handshake of Twilio's Media Streams.", access: .twilio,
                answers: [
                    .init("101", "The stream is open.", .nothing),
                    .init("403", "The signature does not fit."),
                    .init("426", "This is not a WebSocket handshake."),
                    .init("default", "The handshake has a fault."),
                ])
        ) { request, _, responder in open(request, responder) }
    }
}
