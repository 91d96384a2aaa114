using static TorchSharp.torch;

namespace Reflux.Models.Decoders;

/// <summary>Whole sequences end to end, without padding. Neighbours of one length form a run, which attention takes as one rectangle.</summary>
internal sealed class FlatSequences
{
    private readonly long[] _ids;
    private readonly long[] _positions;

    /// <param name="sequences">At least one, of at least one token each; equal lengths side by side.</param>
    /// <param name="firstRow">The cache row of the first; the others follow.</param>
    public FlatSequences(IReadOnlyList<int[]> sequences, int firstRow = 0)
    {
        int tokens = sequences.Sum(sequence => sequence.Length);
        _ids = new long[tokens];
        _positions = new long[tokens];
        LastTokens = new long[sequences.Count];
        List<FlatRun> runs = [];
        int offset = 0;
        for (int i = 0; i < sequences.Count; i++)
        {
            int length = sequences[i].Length;
            for (int t = 0; t < length; t++)
            {
                (_ids[offset + t], _positions[offset + t]) = (sequences[i][t], t);
            }

            if (runs.Count > 0 && runs[^1].Length == length)
            {
                runs[^1] = runs[^1] with { Count = runs[^1].Count + 1 };
            }
            else
            {
                runs.Add(new FlatRun(offset, firstRow + i, 1, length));
            }

            offset += length;
            LastTokens[i] = offset - 1;
        }

        Runs = runs;
    }

    /// <summary>Neighbours of one length, in order.</summary>
    public IReadOnlyList<FlatRun> Runs { get; }

    /// <summary>Where each sequence's last token is among all.</summary>
    public long[] LastTokens { get; }

    /// <summary>int64 [N]</summary>
    public Tensor Ids(Device device) => tensor(_ids, device: device);

    /// <summary>int64 [N], from 0 in each sequence.</summary>
    public Tensor Positions(Device device) => tensor(_positions, device: device);
}
