using Reflux.Distillation.Records;
using Xunit.Abstractions;

namespace Reflux.Distillation.Tests.Records;

public class RecordFuzzTests(ITestOutputHelper output)
{
    private const int Records = 100_000;

    [Fact]
    public void MutatedRecordsGiveNothingButDecodeExceptions()
    {
        var random = new Random(20261121);
        var originals = Enumerable.Range(0, 25).Select(_ => LabelRecordCodec.Encode(SampleRecords.Record(random))).ToArray();
        var (decoded, fields) = (0, new SortedDictionary<string, int>(StringComparer.Ordinal));
        for (var i = 0; i < Records; i++)
        {
            var mutated = Mutate(originals[random.Next(originals.Length)], originals, random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var record = LabelRecordCodec.Decode(mutated);
                decoded++;
                LabelRecordCodec.Encode(record);
            }
            catch (DecodeException error)
            {
                var field = error.Field[(error.Field.IndexOf("].", StringComparison.Ordinal) is var at and >= 0 ? at + 2 : 0)..].Split('[')[0];
                fields[field] = fields.GetValueOrDefault(field) + 1;
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000 + (200L * mutated.Length));
        }

        output.WriteLine($"{decoded} still valid; refused: {string.Join(", ", fields.Select(field => $"{field.Key} {field.Value}"))}");
        Assert.True(fields.Count >= 15, "the mutations reach too few of the checks");
    }

    [Fact]
    public void MutatedPromptsAndDeadLettersGiveNothingButDecodeExceptions()
    {
        var random = new Random(5);
        var prompt = new PromptRecord(SampleRecords.Topic, SampleRecords.Topic, new(7), Keyed: false, "Bonjour").Encode();
        var letter = new DeadLetter(DeadLetterReason.Malformed, new(new(SampleRecords.Topic, 1), 300), prompt).Encode();
        for (var i = 0; i < Records / 10; i++)
        {
            Swallow(() => PromptRecord.Decode(Mutate(prompt, [letter], random)));
            Swallow(() => DeadLetter.Decode(Mutate(letter, [prompt], random)));
        }

        static void Swallow(Action decode) => Assert.True(Record.Exception(decode) is null or DecodeException);
    }

    private static byte[] Mutate(byte[] original, byte[][] others, Random random)
    {
        var bytes = original.ToList();
        for (var times = random.Next(1, 4); times > 0 && bytes.Count > 0; times--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes[at] = random.Next(2) == 0 ? byte.MaxValue : byte.MinValue;
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
                case 4:
                    bytes.InsertRange(at, Enumerable.Repeat(byte.MaxValue, random.Next(1, 11)));
                    break;
                case 5:
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
