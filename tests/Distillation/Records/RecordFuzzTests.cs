using Reflux.Distillation.Records;
using Xunit.Abstractions;

namespace Reflux.Distillation.Tests.Records;

public class RecordFuzzTests(ITestOutputHelper output)
{
    // what docs/soft-label-format.md states: bytes allocated at most for a record of so many bytes, exceptions included
    private const long AllocatedOnce = 32_768;
    private const long AllocatedPerByte = 128;

    private static readonly LabelBuffers Buffers = new();

    [Fact]
    public void MutatedRecordsGiveNothingButDecodeExceptions() => Fuzz(records: 30_000, seed: 20261121, leastFields: 20);

    [Fact]
    [Trait("Speed", "slow")]
    public void AMillionMutatedRecordsGiveNothingButDecodeExceptions() => Fuzz(records: 1_000_000, seed: 20261122, leastFields: 25);

    [Fact]
    public void MutatedPromptsAndDeadLettersGiveNothingButDecodeExceptions()
    {
        var random = new Random(5);
        var prompt = new PromptRecord(SampleRecords.Topic, SampleRecords.Topic, new(7), Keyed: false, "Bonjour").Encode();
        var letter = new DeadLetter(DeadLetterReason.Malformed, new(new(SampleRecords.Topic, 1), 300), prompt).Encode();
        for (var i = 0; i < 10_000; i++)
        {
            Swallow(() => PromptRecord.Decode(Mutate(prompt, [letter], random)));
            Swallow(() => DeadLetter.Decode(Mutate(letter, [prompt], random)));
        }

        static void Swallow(Action decode) => Assert.True(Record.Exception(decode) is null or DecodeException);
    }

    [Fact]
    public void NothingBehindTheLastByteIsRead()
    {
        // the same record inside a larger array, with what would continue it in every way right behind it
        var random = new Random(3);
        for (var i = 0; i < 200; i++)
        {
            var record = LabelRecordCodec.Encode(SampleRecords.Record(random));
            var shorter = RecordBytes.Seal(record[..^random.Next(1, 40)]);
            byte[] array = [.. shorter, .. record, .. record];
            var alone = Problem(shorter);
            Assert.Equal(alone, Problem(array.AsMemory(0, shorter.Length)));
            Assert.NotNull(alone);
        }

        static string? Problem(ReadOnlyMemory<byte> bytes)
        {
            try
            {
                LabelRecordCodec.Decode(bytes);
                return null;
            }
            catch (DecodeException error)
            {
                return error.Message;
            }
        }
    }

    /// <summary>Records that say as much as they can in their bytes.</summary>
    [Theory]
    [InlineData(LabelKind.Sampled, 1, 400_000, 1)]
    [InlineData(LabelKind.Sampled, 60_000, 1, 10)]
    [InlineData(LabelKind.TopK, 60_000, 1, 10)]
    [InlineData(LabelKind.Sampled, 1, 1, 20_000)]
    public void TheDensestRecordsStayWithinTheStatedAllocation(LabelKind kind, int size, int promptLength, int positions)
    {
        int[] ids = [.. Enumerable.Range(0, positions).SelectMany(_ => Enumerable.Range(0, size))];
        int[] offsets = [.. Enumerable.Range(0, positions + 1).Select(i => i * size)];
        var spec = new LabelSpec(kind, size, 1);
        var sequence = SampleRecords.Sequence(new Random(1), spec with { Size = 1 }, 2, promptLength, positions, holdout: false) with
        {
            Labels = kind == LabelKind.Sampled
                ? new SampledLabels(offsets, ids, [.. ids.Select(_ => (ushort)1)], new Half[positions])
                : new TopKLabels(offsets, ids, [.. ids.Select(_ => (float)-Math.Log(size))], [.. Enumerable.Repeat(float.NegativeInfinity, positions)], new Half[positions]),
        };
        var bytes = LabelRecordCodec.Encode(SampleRecords.Record(new Random(1), spec, sequence));

        foreach (var buffers in new[] { null, new LabelBuffers() })
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            LabelRecordCodec.Decode(bytes, buffers: buffers);
            Assert.InRange(Excess(before, bytes), 1, AllocatedPerByte);
        }
    }

    private void Fuzz(int records, int seed, int leastFields)
    {
        var random = new Random(seed);
        var originals = Enumerable.Range(0, 200).Select(_ => SampleRecords.Record(random)).Where(record => record.Sequences.Count < 3)
            .Select(LabelRecordCodec.Encode).Where(bytes => bytes.Length < 1500).ToArray();
        var (decoded, most, fields) = (0, 0.0, new SortedDictionary<string, int>(StringComparer.Ordinal));
        for (var i = 0; i < records; i++)
        {
            var mutated = Mutate(originals[random.Next(originals.Length)], originals, random);
            var vocabulary = i % 4 == 0 ? 151_936 : int.MaxValue;
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var record = LabelRecordCodec.Decode(mutated, vocabulary, i % 2 == 0 ? Buffers : null);
                most = Math.Max(most, Excess(before, mutated));
                decoded++;

                // whatever is accepted obeys the writer's rules too
                LabelRecordCodec.Encode(record);
            }
            catch (DecodeException error)
            {
                most = Math.Max(most, Excess(before, mutated));
                var field = error.Field[(error.Field.LastIndexOf("].", StringComparison.Ordinal) is var at and >= 0 ? at + 2 : 0)..].Split('[')[0];
                fields[field] = fields.GetValueOrDefault(field) + 1;
            }
        }

        output.WriteLine($"{decoded} still valid; refused: {string.Join(", ", fields.Select(field => $"{field.Key} {field.Value}"))}; most allocated {most:F1} bytes a byte");
        Assert.True(most <= AllocatedPerByte, $"{most:F1} bytes allocated for a byte of a record");
        Assert.True(fields.Count >= leastFields, $"the mutations reach {fields.Count} of the checks only: {string.Join(", ", fields.Keys)}");
        Assert.True(decoded > records / 1000, "hardly any mutation leaves a record valid");
    }

    private static double Excess(long before, byte[] record) => (GC.GetAllocatedBytesForCurrentThread() - before - AllocatedOnce) / (double)Math.Max(1, record.Length);

    /// <summary>One to three of: a bit, a byte or a run changed, removed, inserted, taken from another record, everything behind cut off. Nine of ten get a right checksum.</summary>
    private static byte[] Mutate(byte[] original, byte[][] others, Random random)
    {
        var bytes = new List<byte>(original.Length + 64);
        bytes.AddRange(original);
        for (var times = random.Next(1, 4); times > 0 && bytes.Count > 0; times--)
        {
            // half of the hits in the record's head and the sequence's, the rest anywhere
            var at = random.Next(2) == 0 ? random.Next(bytes.Count) : Math.Min(bytes.Count - 1, random.Next(200, 340));
            switch (random.Next(8))
            {
                case 0 or 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 3:
                    bytes[at] = random.Next(2) == 0 ? byte.MaxValue : byte.MinValue;
                    break;
                case 4:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
                case 5:
                    bytes.InsertRange(at, Enumerable.Repeat(random.Next(2) == 0 ? byte.MaxValue : byte.MinValue, random.Next(1, 11)));
                    break;
                case 6:
                    var other = others[random.Next(others.Length)];
                    var from = random.Next(other.Length);
                    bytes.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(1, 64), other.Length - from)).ToArray());
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        byte[] mutated = [.. bytes];
        return random.Next(10) == 0 ? mutated : RecordBytes.Seal(mutated);
    }
}
