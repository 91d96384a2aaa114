using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;

namespace Reflux.Cli.Chaos;

/// <summary>Records that the label log should never have seen, made from those that it has.</summary>
internal sealed class LabelForger(Random random)
{
    /// <summary>The sequences of some records in other groups and another order.</summary>
    public IReadOnlyList<byte[]> Regrouped(IReadOnlyList<LabelRecord> records)
    {
        var sequences = records.SelectMany(record => record.Sequences).DistinctBy(sequence => (sequence.Prompt, sequence.Sample)).ToArray();
        random.Shuffle(sequences);
        return [.. sequences.Chunk(1 + random.Next(12)).Select(group => Encode(records[0] with { Sequences = group }))];
    }

    public byte[] Garbage()
    {
        var bytes = new byte[1 + random.Next(2000)];
        random.NextBytes(bytes);
        return bytes;
    }

    public byte[] Flipped(LabelRecord record)
    {
        var bytes = Encode(record);
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return bytes;
    }

    public byte[] ForeignTokenizer(LabelRecord record) => Encode(record with { TokenizerHash = new string('f', 64) });

    private static byte[] Encode(LabelRecord record) => LabelRecordCodec.Encode(record with { RecordId = Id128.Random() });
}
