import Store

/// Called by libFuzzer with every input; a trap or a fault is a find.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    switch MenuCSV.read(text) {
    case .success(let items):
        // What is taken can be sold: every item has a name of its own and a price.
        precondition(!items.isEmpty && items.count <= MenuCSV.itemsMax)
        precondition(Set(items.map { $0.name.lowercased() }).count == items.count)
        for item in items {
            precondition(!item.name.isEmpty && !item.category.isEmpty && !item.sizes.isEmpty)
            for priced in item.sizes + item.extras {
                precondition(priced.price >= .zero && priced.price <= .priceMax)
            }
        }
    case .failure(let faults):
        precondition(!faults.faults.isEmpty)
        precondition(faults.faults.allSatisfy { $0.line >= 1 && !$0.message.isEmpty })
    }
    return 0
}
