import Net

/// `/twilio/stream`: takes Twilio's WebSocket handshakes.
struct StreamEndpoint {
    let services: Services
    let loop: EventLoop
    let decodeBuffer = DecodeBuffer()

    func open(_ request: HTTPRequest, _ responder: HTTPResponder) {
        guard services.trust.isTrustedHandshake(request) else {
            services.metrics.signatureFailuresTotal.add(1)
            services.log.warning(
                "stream refused: wrong or missing X-Twilio-Signature",
                [
                    "from": .text(request.remoteAddress),
                    "url": .text(services.trust.url(of: request)),
                ])
            return responder.respond(.text(403, "The handshake's signature does not fit."))
        }
        var limits = WebSocketLimits()
        limits.messageBytesMax = services.configuration.twilio.messageBytesMax
        limits.outboundBytesMax = services.configuration.buffers.outboundBytesMax
        let connection = StreamConnection(
            services: services, loop: loop, remoteAddress: request.remoteAddress,
            decodeBuffer: decodeBuffer)
        _ = responder.acceptWebSocket(limits: limits, handler: connection)
    }
}
