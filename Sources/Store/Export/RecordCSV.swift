/// Records as files of comma-separated values, for the owner's own books. Instants are seconds since
/// 1970 in UTC; `_local` columns are on the business's clock.
public enum RecordCSV {
    public static func write(_ orders: [Order]) -> String {
        CSVWriter.text(
            header: [
                "number", "created_at", "ready_at", "service", "address", "phone", "lines", "total",
            ],
            rows: orders.map { order in
                [
                    String(order.number), String(order.createdAt), String(order.readyAt),
                    order.service.rawValue, order.address, order.phone,
                    order.lines.map(words).joined(separator: "|"), order.total.decimal,
                ]
            })
    }

    private static func words(_ line: OrderLine) -> String {
        let size = line.size.isEmpty ? "" : line.size + " "
        let extras = line.extras.map { " + \($0.name)" }.joined()
        return "\(line.quantity) \(size)\(line.item)\(extras)"
    }

    public static func write(_ reservations: [Reservation]) -> String {
        CSVWriter.text(
            header: [
                "confirmation_number", "starts_at", "starts_at_local", "party_size", "name",
                "phone",
                "status", "tables",
            ],
            rows: reservations.map { reservation in
                [
                    reservation.confirmationNumber, String(reservation.startsAt),
                    reservation.startsAtLocal, String(reservation.partySize), reservation.name,
                    reservation.phone, reservation.status.rawValue,
                    reservation.tableNames.joined(separator: "|"),
                ]
            })
    }

    public static func write(_ tasks: [TaskOrder]) -> String {
        CSVWriter.text(
            header: [
                "number", "created_at", "customer_number", "customer", "phone", "service",
                "summary",
                "location", "urgency",
            ],
            rows: tasks.map { task in
                [
                    String(task.number), String(task.createdAt), task.customer.number,
                    task.customer.name, task.customer.phone, task.service, task.summary,
                    task.location, task.urgency.rawValue,
                ]
            })
    }
}
