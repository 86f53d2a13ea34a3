extension HTTPResponder {
    /// Answers the request with `101 Switching Protocols` and goes on with WebSocket on its
    /// connection. The handler hears `webSocketOpened` at the loop's next turn.
    ///
    /// A request that is not an acceptable handshake is answered with 400, 405 or 426, and the
    /// result is nil, as it is when the client has gone or the request was answered before. The
    /// first of the client's subprotocols that is listed in `subprotocols` is chosen. Loop only;
    /// allocates.
    @discardableResult
    public func acceptWebSocket(
        limits: WebSocketLimits = WebSocketLimits(), subprotocols: [String] = [],
        handler: any WebSocketHandler
    ) -> WebSocket? {
        let answer: HTTPHeaders
        let chosen: String?
        switch WebSocketServerHandshake(request, subprotocols: subprotocols) {
        case .reject(let response):
            if isOpen { respond(response) }
            return nil
        case .accept(let headers, let subprotocol): (answer, chosen) = (headers, subprotocol)
        }
        guard let (stream, unread) = takeStream() else { return nil }
        stream.pauseReading()
        let socket = WebSocket(
            loop: loop, role: .server, limits: limits, handler: handler, phase: .open)
        socket.handshakeHeaders = request.headers
        socket.subprotocol = chosen
        socket.attach(stream)
        var head = "HTTP/1.1 101 Switching Protocols\r\n"
        head += "Upgrade: websocket\r\nConnection: Upgrade\r\n"
        for field in answer { head += "\(field.name): \(field.value)\r\n" }
        head += "\r\n"
        var bytes = head
        _ = bytes.withUTF8 { stream.write(UnsafeRawBufferPointer($0)) }
        let bound = LoopBound((socket, unread), loop: loop)
        loop.execute { bound.value.0.begin(leftover: bound.value.1) }
        return socket
    }
}
