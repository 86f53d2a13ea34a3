import CStreamD

/// A matrix with its biases, in the order in which the kernel reads it: blocks of 16 rows, and in a
/// block all rows' weights for one input side by side. Read-only after it is made.
struct PackedLayer: @unchecked Sendable {
    static let blockRows = Int(STREAMD_VAD_BLOCK)

    let rowCount: Int
    let depth: Int
    let blockCount: Int
    /// Weights, then biases. Never freed by itself: ``SileroModel`` owns the layers.
    let weights: UnsafeMutablePointer<Float>
    let biases: UnsafeMutablePointer<Float>

    /// Packs a matrix given by element; rows are filled up with zeros to whole blocks.
    init(rowCount: Int, depth: Int, biases: [Float], weight: (_ row: Int, _ input: Int) -> Float) {
        precondition(biases.count == rowCount, "one bias for each row")
        self.rowCount = rowCount
        self.depth = depth
        blockCount = (rowCount + Self.blockRows - 1) / Self.blockRows
        let paddedRows = blockCount * Self.blockRows
        weights = Self.allocate(paddedRows * depth)
        self.biases = Self.allocate(paddedRows)
        for row in 0..<rowCount {
            self.biases[row] = biases[row]
            let block = weights + row / Self.blockRows * depth * Self.blockRows
            for input in 0..<depth {
                block[input * Self.blockRows + row % Self.blockRows] = weight(row, input)
            }
        }
    }

    func deallocate() {
        weights.deallocate()
        biases.deallocate()
    }

    /// Zeroed floats on cache lines of their own.
    static func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
        let raw = UnsafeMutableRawPointer.allocate(byteCount: count * 4, alignment: 64)
        let floats = raw.bindMemory(to: Float.self, capacity: count)
        floats.initialize(repeating: 0, count: count)
        return floats
    }

    /// Multiplies `columns` (1, 2 or 4) inputs, which start `inputStride` floats apart, and writes
    /// the rows of each to `results`, `resultStride` floats apart (whole blocks are written).
    func apply(
        to inputs: UnsafePointer<Float>, stride inputStride: Int, columns: Int,
        into results: UnsafeMutablePointer<Float>, stride resultStride: Int, clamp: Bool
    ) {
        streamd_vad_multiply(
            weights, biases, inputs, inputStride, results, resultStride, blockCount, depth,
            columns, clamp ? 1 : 0)
    }
}
