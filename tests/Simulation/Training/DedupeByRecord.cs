using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Distillation.Training;

namespace Reflux.Simulation.Tests.Training;

/// <summary>A planted bug: drops a record that came before, and lets a sequence through that came before in another record.</summary>
internal sealed class DedupeByRecord : DedupeWindow
{
    private readonly Dictionary<Id128, long> _first = [];
    private bool _seen;

    /// <summary>The record whose sequences are asked about next, and where it stands.</summary>
    public void Reads(LabelLogRecord record)
    {
        if (Installation.Audit.Decode(record.Value.ToArray()) is { } decoded)
        {
            _seen = _first.TryGetValue(decoded.RecordId, out var offset) ? offset < record.Position.Offset : !_first.TryAdd(decoded.RecordId, record.Position.Offset);
        }
    }

    public override SequenceFate Admit(LabelledSequence sequence) =>
        _seen ? SequenceFate.Duplicate : sequence.Holdout ? SequenceFate.Holdout : SequenceFate.Training;
}
