using Reflux.Cli.Chaos;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;

namespace Reflux.Cli.Tests.Chaos;

/// <summary>A log of six prompts, each labelled once, a poison record and a re-grouped copy; and the account of a student that did right by it.</summary>
internal sealed class CheckerFixture
{
    private const int PerStep = 2;
    private static readonly Guid Lane = Guid.Parse("22222222-0000-0000-0000-000000000000");
    private static readonly LogId Prompts = new(Guid.Parse("11111111-0000-0000-0000-000000000000"), 0);
    private static readonly LogId Labels = new(Guid.Parse("33333333-0000-0000-0000-000000000000"), 4);
    private static readonly string Tokenizer = new('1', 64);

    public CheckerFixture()
    {
        byte[] garbage = [1, 2, 3];
        Log = [Record(0, 1), Record(2, 3), garbage, Record(3, 1), Record(4), Record([5], new string('f', 64)), Record(5)];
        Evidence = new CheckerEvidence
        {
            Acknowledged = [.. Enumerable.Range(0, 6).Select(Id)],
            Rules = new CheckerLedger.Rules(Labels, Lane, Tokenizer, 10),
            Archive = Log.Take(4).Index().ToDictionary(entry => (long)entry.Index, entry => entry.Item),
            Broker = Log.Index().Skip(2).ToDictionary(entry => (long)entry.Index, entry => entry.Item),
            DeadLetters =
            [
                new DeadLetter(DeadLetterReason.Malformed, new Position(Labels, 2), garbage),
                new DeadLetter(DeadLetterReason.ForeignTokenizer, new Position(Labels, 5), Log[5]),
            ],
            // prompt 1 is holdout; 0, 2, 3 and 4 are two steps; 5 waits
            Account = Account(trained: [0, 2, 3, 4], holdout: [1]),
            Step = 2,
            Next = Log.Count,
            SequencesPerStep = PerStep,
            Commits = [new CommittedPrompts(new Position(Prompts, 4), LabelEnd: 2)],
        };
    }

    public List<byte[]> Log { get; }

    public CheckerEvidence Evidence { get; set; }

    public CheckerReport Run() => new Checker(Evidence).Run();

    public static Id128 Id(int number) => SequenceIdentity.PromptId(Lane, $"{number}");

    public static CommittedPrompts Commit(long next, long labelEnd) => new(new Position(Prompts, next), labelEnd);

    public static StudentAccounting Account(int[] trained, int[] holdout)
    {
        var sum = trained.Concat(holdout).Aggregate(UInt128.Zero, (sum, prompt) => unchecked(sum + SequenceOf(prompt).Value));
        return new StudentAccounting([], trained.Length, holdout.Length, new Id128(sum), DuplicateSequences: 2, DeadLetters: 2, [new Position(Prompts, 5)]);
    }

    public static byte[] Record(params int[] prompts) => Record(prompts, Tokenizer);

    private static byte[] Record(int[] prompts, string tokenizer) => LabelRecordCodec.Encode(new LabelRecord
    {
        LogTopic = Labels.Topic,
        RecordId = Id128.Random(),
        LaneId = Lane,
        TeacherId = Guid.Empty,
        TeacherRevision = new string('0', 64),
        TokenizerHash = tokenizer,
        TemplateHash = new string('2', 64),
        Labels = new LabelSpec(LabelKind.Sampled, 2, 1),
        Sequences = [.. prompts.Select(Sequence)],
    });

    private static Id128 SequenceOf(int prompt) => SequenceIdentity.SequenceId(Lane, Id(prompt), 0);

    private static LabelledSequence Sequence(int prompt) => new()
    {
        SequenceId = SequenceOf(prompt),
        PromptId = Id(prompt),
        Keyed = true,
        Prompt = new Position(Prompts, prompt),
        Sample = 0,
        Holdout = prompt == 1,
        Tokens = [1, 2, 3],
        PromptLength = 2,
        Labels = new SampledLabels([0, 1], [3], [2], [(Half)0], prompt == 1 ? [(Half)0] : null),
    };
}
