extension Database {
    public func messageContext(
        sid: String, customer: String, business: String, at now: UnixSeconds,
        completion: @escaping StoreCompletion<MessageContext>
    ) {
        perform(completion) { connection throws(StoreError) in
            var context = MessageContext()
            context.earlierReply = try Self.reply(to: sid, connection)
            let pair: [SQLValue] = [.text(customer), .text(business)]
            let kept = try connection.rows(
                """
                SELECT id, version, turn, memory, expires_at FROM text_conversations
                WHERE customer = ? AND business = ?
                """, pair
            ) { row in
                (
                    version: Int(row.integer(1)),
                    record: TextConversationRecord(
                        id: row.text(0), turn: Int(row.integer(2)), memory: row.text(3),
                        expiresAt: row.integer(4))
                )
            }.first
            context.version = kept?.version ?? 0
            context.conversation = kept.flatMap { $0.record.expiresAt > now ? $0.record : nil }
            context.hasOptedOut = try Self.hasOptedOut(pair, connection)
            return context
        }
    }

    public func recordAnswer(
        _ answered: AnsweredMessage, completion: @escaping StoreCompletion<AnswerOutcome>
    ) {
        perform(completion) { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try Self.record(answered, connection)
            }
        }
    }

    public func recentMessages(
        assistantID: String, limit: Int, completion: @escaping StoreCompletion<[InboundMessage]>
    ) {
        perform(completion) { connection throws(StoreError) in
            try connection.rows(
                """
                SELECT message_sid, assistant_id, conversation_id, channel, customer, business,
                    received_at, body, media_count
                FROM messages WHERE assistant_id = ?
                ORDER BY received_at DESC, message_sid LIMIT ?
                """,
                [.text(assistantID), .integer(Int64(limit))]
            ) { row in
                InboundMessage(
                    sid: row.text(0), assistantID: row.text(1), conversationID: row.text(2),
                    channel: InboundMessage.Channel(rawValue: row.text(3)) ?? .sms,
                    customer: row.text(4), business: row.text(5), receivedAt: row.integer(6),
                    body: row.text(7), mediaCount: Int(row.integer(8)))
            }
        }
    }

    // MARK: - On the worker

    /// Parts of an answer are kept in one field, apart by a control character that no answer holds.
    private static let separator: Character = "\u{1e}"

    private static func reply(
        to sid: String, _ connection: SQLConnection
    ) throws(StoreError) -> [String]? {
        try connection.rows(
            "SELECT reply FROM messages WHERE message_sid = ?", [.text(sid)]
        ) { row in
            row.text(0).split(separator: separator).map(String.init)
        }.first
    }

    static func hasOptedOut(
        _ pair: [SQLValue], _ connection: SQLConnection
    ) throws(StoreError) -> Bool {
        try !connection.rows(
            "SELECT 1 FROM text_opt_outs WHERE customer = ? AND business = ?", pair
        ) { _ in true }.isEmpty
    }

    private static func record(
        _ answered: AnsweredMessage, _ connection: SQLConnection
    ) throws(StoreError) -> AnswerOutcome {
        let message = answered.message
        if let earlier = try reply(to: message.sid, connection) { return .answeredBefore(earlier) }
        if message.channel == .sms {
            guard try keep(answered, connection) else { return .overtaken }
        }
        try connection.run(
            """
            INSERT INTO messages (message_sid, assistant_id, conversation_id, channel, customer,
                business, received_at, body, media_count, reply)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(message.sid), .text(message.assistantID), .text(message.conversationID),
                .text(message.channel.rawValue), .text(message.customer),
                .text(message.business), .integer(message.receivedAt), .text(message.body),
                .integer(Int64(message.mediaCount)),
                .text(answered.reply.joined(separator: String(separator))),
            ])
        let pair: [SQLValue] = [.text(message.customer), .text(message.business)]
        switch answered.optsOut {
        case true?:
            try connection.run(
                """
                INSERT INTO text_opt_outs (customer, business, at) VALUES (?, ?, ?)
                ON CONFLICT DO NOTHING
                """, pair + [.integer(message.receivedAt)])
        case false?:
            try connection.run(
                "DELETE FROM text_opt_outs WHERE customer = ? AND business = ?", pair)
        case nil: break
        }
        return .stored
    }

    /// - Returns: whether the conversation is still the one that was read.
    private static func keep(
        _ answered: AnsweredMessage, _ connection: SQLConnection
    ) throws(StoreError) -> Bool {
        let message = answered.message
        let next = answered.conversation
        let version = try connection.rows(
            "SELECT version FROM text_conversations WHERE customer = ? AND business = ?",
            [.text(message.customer), .text(message.business)]
        ) { $0.integer(0) }.first
        guard version ?? 0 == Int64(answered.version) else { return false }
        // An ended conversation keeps its row, and with it the count of its changes.
        try connection.run(
            """
            INSERT INTO text_conversations (assistant_id, customer, business, id, version, turn,
                memory, expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (customer, business) DO UPDATE SET
                assistant_id = excluded.assistant_id, id = excluded.id,
                version = excluded.version, turn = excluded.turn, memory = excluded.memory,
                expires_at = excluded.expires_at
            """,
            [
                .text(message.assistantID), .text(message.customer), .text(message.business),
                .text(next?.id ?? ""), .integer(Int64(answered.version + 1)),
                .integer(Int64(next?.turn ?? 0)), .text(next?.memory ?? ""),
                .integer(next?.expiresAt ?? 0),
            ])
        return true
    }
}
