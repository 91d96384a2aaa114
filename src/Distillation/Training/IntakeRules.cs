using Reflux.Distillation.Records;

namespace Reflux.Distillation.Training;

/// <summary>What a label record must match to be used by a student.</summary>
/// <param name="LaneId">The student's lane.</param>
/// <param name="TokenizerHash">The student's vocabulary.</param>
/// <param name="TemplateHash">The student's chat template.</param>
/// <param name="Labels">How the lane is labelled.</param>
/// <param name="VocabularySize">Tokens there are: rows of the student's head without its padding.</param>
/// <param name="MaxPositions">The student's context, tokens.</param>
internal sealed record IntakeRules(Guid LaneId, string TokenizerHash, string TemplateHash, LabelSpec Labels, int VocabularySize, int MaxPositions)
{
    /// <summary>Why a record can't be used, or null.</summary>
    public DeadLetterReason? Refusal(LabelRecord record, Guid log) =>
        record.LogTopic != log ? DeadLetterReason.ForeignLog
        : record.LaneId != LaneId ? DeadLetterReason.ForeignLane
        : record.TokenizerHash != TokenizerHash ? DeadLetterReason.ForeignTokenizer
        : record.TemplateHash != TemplateHash ? DeadLetterReason.ForeignTemplate
        : record.Labels != Labels ? DeadLetterReason.ForeignLabels
        : null;
}
