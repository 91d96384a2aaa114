using Reflux.Contracts.Definitions;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Models.Tokenizers;
using Reflux.Samples.Helpdesk;

namespace Reflux.Cli.Bench.Logs;

/// <summary>Label records of random tokens that a student over the helpdesk teacher's tokenizer trains on: Zipf's law, 50 draws, no holdout.</summary>
internal sealed class BenchLabels
{
    private const double ZipfExponent = 1.8;
    private static readonly LogId Prompts = new(new Guid("0d9c5a1e-76c2-4f1b-8a53-6e1f2c3d4b5a"), 0);

    private readonly LogBenchSize _size;
    private readonly LaneSpec _lane;
    private readonly Tokenizer _tokenizer = Tokenizer.Load(Path.Combine(HelpdeskTeacher.Directory, "tokenizer.json"));
    private readonly PromptTemplate _template = PromptTemplate.Load(HelpdeskTeacher.Directory);
    private readonly ZipfPositions _positions;
    private long _next;

    public BenchLabels(LogBenchSize size, LaneSpec lane)
    {
        (_size, _lane) = (size, lane);
        _positions = new ZipfPositions(_tokenizer.VocabularySize, ZipfExponent);
    }

    /// <summary>The next record of a lane's log; no two hold the same prompt.</summary>
    public LabelRecord Next(Guid lane, Guid topic)
    {
        LabelledPosition[] positions = [.. Enumerable.Range(0, _size.SequencesPerRecord * _size.AnswerTokens).Select(_ => _positions.Draw(_lane.Draws))];
        var record = LabelledPosition.Record(LabelSpec.Of(_lane), positions, _size.AnswerTokens, _size.PromptTokens, _tokenizer.VocabularySize);
        return record with
        {
            LogTopic = topic,
            RecordId = Id128.Random(),
            LaneId = lane,
            TokenizerHash = _tokenizer.Hash,
            TemplateHash = _template.Hash,
            Sequences = [.. record.Sequences.Select(Renumbered)],
        };
    }

    private LabelledSequence Renumbered(LabelledSequence sequence)
    {
        var number = _next++;
        return sequence with { SequenceId = new Id128((ulong)number), PromptId = new Id128((ulong)number), Prompt = new Position(Prompts, number) };
    }
}
