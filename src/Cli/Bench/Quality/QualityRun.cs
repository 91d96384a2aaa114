using System.Buffers.Binary;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Distillation.Teaching;
using Reflux.Distillation.Training;
using Reflux.Models;
using Reflux.Models.Decoders;
using Reflux.Samples.Helpdesk.Paraphrases;
using static TorchSharp.torch;

namespace Reflux.Cli.Bench.Quality;

/// <summary>
/// One seed: prompts, answers, draws and initial weights of its own, which all arms share; each student sees the same sequences in the same order once.
/// The teacher answers as in a lane, at T = 1, and the holdout is the lane's. Everything runs on the calling thread.
/// </summary>
internal sealed class QualityRun : IDisposable
{
    public const string Dense = "dense";
    public const string Sampled = "sampled";
    public const string TopK = "topk";
    public const string TopKNoTail = "topk without tail (biased)";

    private const int PromptsAtOnce = 256;

    private readonly QualityTask _task;
    private readonly ulong _seed;
    private readonly LanguageModel _teacher;
    private readonly TeacherEngine _engine;
    private readonly ParaphraseGenerator _cases;
    private readonly Queue<LabelledSequence> _written = new();
    private readonly List<LabelledSequence> _held = [];
    private readonly QualityArm[] _arms;
    private long _prompts;

    public QualityRun(QualityTask task, string teacher, ulong seed, Device device)
    {
        (_task, _seed) = (task, seed);
        _teacher = LanguageModel.Load(teacher, device);
        var lane = new LaneSpec { Name = "quality", Draws = task.Draws, MaxAnswerTokens = 32, HoldoutFraction = 0.1 };
        _engine = new TeacherEngine(LanguageModel.Load(teacher, device), new LaneDefinition(lane, 0, seed), Guid.Empty, Guid.Empty);
        _cases = new ParaphraseGenerator(~seed);
        _arms =
        [
            Arm(Dense, (learner, step) => learner.Train(step.Sampled, step.Dense)),
            Arm(Sampled, (learner, step) => learner.Train(step.Sampled)),
            Arm(TopK, (learner, step) => learner.Train(step.TopK)),
            Arm(TopKNoTail, (learner, step) => learner.Train(step.TopKNoTail)),
        ];

        QualityArm Arm(string name, Action<StudentLearner, LabelledStep> train) => new(
            name, new StudentLearner(CausalDecoder.CreateFresh(task.Student(_teacher.Config.VocabularySize), seed, device), task.Training(task.Steps), temperature: 1), train);
    }

    public SeedResult Run(Action<QualityPoint> measured, CancellationToken cancellation)
    {
        while (_held.Count < _task.HoldoutSequences)
        {
            Write(cancellation);
        }

        using var holdout = new DenseHoldout(_teacher.Decoder, _held[.._task.HoldoutSequences]);
        var points = new List<QualityPoint>();
        var (tokens, ids) = (0L, 0L);
        for (var step = 1; step <= _task.Steps; step++)
        {
            while (_written.Count < _task.SequencesPerStep)
            {
                Write(cancellation);
            }

            using var scope = NewDisposeScope();
            var labelled = LabelledStep.Of(_engine, _teacher.Decoder, [.. Enumerable.Range(0, _task.SequencesPerStep).Select(_ => _written.Dequeue())], _task.TopK);
            foreach (var arm in _arms)
            {
                cancellation.ThrowIfCancellationRequested();
                arm.Train(labelled);
            }

            tokens += labelled.Sampled.Sum(sequence => (long)sequence.LabelledTokens);
            ids += labelled.Sampled.Sum(sequence => (long)sequence.Labels.Ids.Length);
            if (step % (_task.Steps / _task.Measurements) == 0)
            {
                points.Add(Measure(holdout, tokens));
                measured(points[^1]);
            }
        }

        return new SeedResult(holdout.Entropy, (double)ids / tokens, points);
    }

    public void Dispose()
    {
        foreach (var arm in _arms)
        {
            arm.Dispose();
        }

        _engine.Dispose();
        _teacher.Dispose();
    }

    private QualityPoint Measure(DenseHoldout holdout, long tokens)
    {
        var figures = _arms.ToDictionary(arm => arm.Name, arm => holdout.Measure(arm.Learner.Decoder));
        return new QualityPoint(
            tokens, figures.ToDictionary(each => each.Key, each => each.Value.CrossEntropy), figures.ToDictionary(each => each.Key, each => each.Value.Acceptance));
    }

    private void Write(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var prompts = new TeacherPrompt[PromptsAtOnce];
        for (var i = 0; i < prompts.Length; i++, _prompts++)
        {
            var number = new byte[2 * sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(number, _seed);
            BinaryPrimitives.WriteInt64LittleEndian(number.AsSpan(sizeof(ulong)), _prompts);
            prompts[i] = new TeacherPrompt(Id128.Hash(number), Keyed: false, new Position(new LogId(Guid.Empty, 0), _prompts), _engine.Tokenize(_cases.At(_prompts).Message));
        }

        foreach (var sequence in _engine.Answer(prompts, cancellation))
        {
            if (sequence.Holdout)
            {
                _held.Add(sequence);
            }
            else
            {
                _written.Enqueue(sequence);
            }
        }
    }
}
