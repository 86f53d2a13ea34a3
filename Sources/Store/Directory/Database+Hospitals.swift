extension Database {
    public func hospitals(
        assistantID: String, unlessVersion version: Int64,
        completion: @escaping StoreCompletion<HospitalList?>
    ) {
        perform(completion) { connection throws(StoreError) in
            // One transaction, so that version and rows are of the same import.
            try connection.transaction { () throws(StoreError) in
                let current = try Self.version(assistantID, connection) ?? 0
                guard current != version || current == 0 else { return nil }
                return HospitalList(
                    version: current, hospitals: try Self.hospitals(assistantID, connection))
            }
        }
    }

    public func replaceHospitals(
        _ hospitals: [Hospital], assistantID: String, completion: @escaping StoreCompletion<Void>
    ) {
        perform(completion) { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try connection.run(
                    "DELETE FROM hospitals WHERE assistant_id = ?", [.text(assistantID)])
                try Self.insert(hospitals, assistantID, connection)
            }
        }
    }

    public func seedHospitals(
        _ hospitals: [Hospital], assistantID: String, completion: @escaping StoreCompletion<Bool>
    ) {
        perform(completion) { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                guard try Self.version(assistantID, connection) == nil, !hospitals.isEmpty else {
                    return false
                }
                try Self.insert(hospitals, assistantID, connection)
                return true
            }
        }
    }

    // MARK: - On the worker

    /// Nil where no directory was ever put in.
    private static func version(_ assistantID: String, _ connection: SQLConnection)
        throws(StoreError) -> Int64?
    {
        try connection.rows(
            "SELECT version FROM directories WHERE assistant_id = ?", [.text(assistantID)]
        ) { $0.integer(0) }.first
    }

    private static func insert(
        _ hospitals: [Hospital], _ assistantID: String, _ connection: SQLConnection
    ) throws(StoreError) {
        try connection.run(
            """
            INSERT INTO directories (assistant_id, version) VALUES (?, 1)
            ON CONFLICT (assistant_id) DO UPDATE SET version = directories.version + 1
            """,
            [.text(assistantID)])
        for (position, hospital) in hospitals.enumerated() {
            let id = try connection.insert(
                """
                INSERT INTO hospitals (assistant_id, position, name, address, city)
                VALUES (?, ?, ?, ?, ?)
                """,
                [
                    .text(assistantID), .integer(Int64(position)), .text(hospital.name),
                    .text(hospital.address), .text(hospital.city),
                ])
            for (index, alias) in hospital.aliases.enumerated() {
                try connection.run(
                    "INSERT INTO hospital_aliases (hospital_id, position, label) VALUES (?, ?, ?)",
                    [.integer(id), .integer(Int64(index)), .text(alias)])
            }
        }
    }

    private static func hospitals(_ assistantID: String, _ connection: SQLConnection)
        throws(StoreError) -> [Hospital]
    {
        var rows = try connection.rows(
            """
            SELECT id, name, address, city FROM hospitals
            WHERE assistant_id = ? ORDER BY position
            """,
            [.text(assistantID)]
        ) { row in
            (
                id: row.integer(0),
                hospital: Hospital(name: row.text(1), address: row.text(2), city: row.text(3))
            )
        }
        let places = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1.id, $0) })
        let aliases = try connection.rows(
            """
            SELECT a.hospital_id, a.label FROM hospital_aliases a
            JOIN hospitals h ON h.id = a.hospital_id
            WHERE h.assistant_id = ? ORDER BY a.hospital_id, a.position
            """,
            [.text(assistantID)]
        ) { row in (id: row.integer(0), label: row.text(1)) }
        for alias in aliases {
            if let place = places[alias.id] { rows[place].hospital.aliases.append(alias.label) }
        }
        return rows.map(\.hospital)
    }
}
