namespace Reflux.Distillation.Training;

/// <summary>
/// Packs sequences into rows by first fit in the order given: each goes into the first row that still has room, else opens a new one. The
/// same sequences in the same order always give the same batches, whatever arrived when.
/// </summary>
public static class SequencePacker
{
    /// <summary>Most tokens (rows × row length) in one batch; a longer list of rows is cut into several, to bound memory.</summary>
    public const int MaxBatchTokens = 8192;

    /// <summary>Packs <paramref name="sequences"/> into rows of at most <paramref name="rowTokens"/> tokens.</summary>
    /// <param name="sequences">Token ids, each at least one.</param>
    /// <param name="rowTokens">Row length. A sequence longer than that gets a row, and a batch, of its own length.</param>
    /// <param name="maxRows">Most rows in one batch; null for as many as <see cref="MaxBatchTokens"/> allows.</param>
    /// <returns>Rectangular batches. Rows stand in the order in which they were opened, the rows of regular length before the longer ones.</returns>
    /// <exception cref="ArgumentException">A sequence is empty.</exception>
    public static IReadOnlyList<PackedBatch> Pack(IReadOnlyList<int[]> sequences, int rowTokens, int? maxRows = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowTokens, 1);
        var rows = new List<Row>();
        var longRows = new List<Row>();
        for (var index = 0; index < sequences.Count; index++)
        {
            var length = sequences[index].Length;
            if (length == 0)
            {
                throw new ArgumentException($"sequence {index} is empty", nameof(sequences));
            }

            if (length > rowTokens)
            {
                longRows.Add(new Row(index, length));
                continue;
            }

            var row = rows.Find(candidate => candidate.Used + length <= rowTokens);
            if (row is null)
            {
                rows.Add(new Row(index, length));
            }
            else
            {
                row.Add(index, length);
            }
        }

        var rowsPerBatch = Math.Clamp(MaxBatchTokens / rowTokens, 1, maxRows ?? int.MaxValue);
        return
        [
            .. rows.Chunk(rowsPerBatch).Select(chunk => Fill(chunk, sequences)),
            .. longRows.Select(row => Fill([row], sequences)),
        ];
    }

    private static PackedBatch Fill(Row[] rows, IReadOnlyList<int[]> sequences)
    {
        var batch = new PackedBatch(rows.Length, rows.Max(row => row.Used));
        var placed = new List<PackedSequence>();
        for (var row = 0; row < rows.Length; row++)
        {
            foreach (var (index, start) in rows[row].Members)
            {
                var tokens = sequences[index];
                var origin = (row * batch.RowLength) + start;
                for (var i = 0; i < tokens.Length; i++)
                {
                    batch.Ids[origin + i] = tokens[i];
                    batch.Positions[origin + i] = i;
                    batch.Segments[origin + i] = index;
                }

                placed.Add(new PackedSequence(index, row, start, tokens.Length));
            }
        }

        batch.Sequences = placed;
        return batch;
    }

    private sealed class Row
    {
        public Row(int index, int length) => Add(index, length);

        public int Used { get; private set; }

        public List<(int Index, int Start)> Members { get; } = [];

        public void Add(int index, int length)
        {
            Members.Add((index, Used));
            Used += length;
        }
    }
}
