extension Database {
    public func recordCall(_ call: CallRecord, completion: @escaping StoreCompletion<Void>) {
        perform(completion) { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try Self.upsert(call, connection)
                try connection.run(
                    """
                    INSERT INTO call_events (call_sid, status, at) VALUES (?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """,
                    [
                        .text(call.callSid), .text(call.status),
                        .integer(call.endedAt ?? call.startedAt),
                    ])
            }
        }
    }

    public func call(sid: String, completion: @escaping StoreCompletion<CallRecord?>) {
        perform(completion) { connection throws(StoreError) in
            try connection.rows(
                "SELECT \(Self.callColumns) FROM calls WHERE call_sid = ?", [.text(sid)],
                Self.call(from:)
            ).first
        }
    }

    public func recentCalls(limit: Int, completion: @escaping StoreCompletion<[CallRecord]>) {
        perform(completion) { connection throws(StoreError) in
            try connection.rows(
                """
                SELECT \(Self.callColumns) FROM calls
                ORDER BY started_at DESC, call_sid LIMIT ?
                """,
                [.integer(Int64(limit))], Self.call(from:))
        }
    }

    public func recordTurn(_ turn: TurnRecord, completion: @escaping StoreCompletion<Void>) {
        perform(completion) { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                // A turn may be logged before the status callback that brings the call itself.
                try connection.run(
                    """
                    INSERT INTO calls (call_sid, assistant_id, caller, called, status, started_at)
                    VALUES (?, ?, '', '', 'in-progress', ?) ON CONFLICT DO NOTHING
                    """,
                    [.text(turn.callSid), .text(turn.assistantID), .integer(turn.at)])
                try connection.run(
                    """
                    INSERT INTO turns (call_sid, turn, at, caller_text, agent_text)
                    VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (call_sid, turn) DO UPDATE SET at = excluded.at,
                        caller_text = excluded.caller_text, agent_text = excluded.agent_text
                    """,
                    [
                        .text(turn.callSid), .integer(Int64(turn.turn)), .integer(turn.at),
                        .text(turn.callerText), .text(turn.agentText),
                    ])
            }
        }
    }

    public func turns(callSid: String, completion: @escaping StoreCompletion<[TurnRecord]>) {
        perform(completion) { connection throws(StoreError) in
            try connection.rows(
                """
                SELECT t.call_sid, c.assistant_id, t.turn, t.at, t.caller_text, t.agent_text
                FROM turns t JOIN calls c USING (call_sid) WHERE t.call_sid = ? ORDER BY t.turn
                """,
                [.text(callSid)]
            ) { row in
                TurnRecord(
                    callSid: row.text(0), assistantID: row.text(1), turn: Int(row.integer(2)),
                    at: row.integer(3), callerText: row.text(4), agentText: row.text(5))
            }
        }
    }

    private static let callColumns =
        "call_sid, assistant_id, caller, called, status, started_at, ended_at, duration_seconds"

    private static func call(from row: SQLRow) -> CallRecord {
        CallRecord(
            callSid: row.text(0), assistantID: row.text(1), from: row.text(2), to: row.text(3),
            status: row.text(4), startedAt: row.integer(5), endedAt: row.optionalInteger(6),
            durationSeconds: row.optionalInteger(7).map { Int($0) })
    }

    /// Callbacks come late and out of order, so an ended call keeps its status, the earliest start
    /// wins, and empty fields do not erase full ones.
    private static func upsert(_ call: CallRecord, _ connection: SQLConnection)
        throws(StoreError)
    {
        try connection.run(
            """
            INSERT INTO calls (\(callColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (call_sid) DO UPDATE SET
                assistant_id = coalesce(nullif(excluded.assistant_id, ''), calls.assistant_id),
                caller = coalesce(nullif(excluded.caller, ''), calls.caller),
                called = coalesce(nullif(excluded.called, ''), calls.called),
                status = CASE
                    WHEN calls.status IN ('completed', 'busy', 'failed', 'no-answer', 'canceled')
                        THEN calls.status
                    WHEN calls.status = 'in-progress'
                        AND excluded.status IN ('queued', 'initiated', 'ringing')
                        THEN calls.status
                    ELSE excluded.status END,
                started_at = CASE WHEN excluded.started_at < calls.started_at
                    THEN excluded.started_at ELSE calls.started_at END,
                ended_at = coalesce(calls.ended_at, excluded.ended_at),
                duration_seconds = coalesce(excluded.duration_seconds, calls.duration_seconds)
            """,
            [
                .text(call.callSid), .text(call.assistantID), .text(call.from), .text(call.to),
                .text(call.status), .integer(call.startedAt), .optional(call.endedAt),
                .optional(call.durationSeconds.map(Int64.init)),
            ])
    }
}
