namespace Reflux.Distillation.Records;

/// <summary>What the bytes of a label record are spent on.</summary>
public enum RecordPart
{
    /// <summary>What stands once a record, checksum included.</summary>
    Envelope,

    /// <summary>What stands once a sequence: ids, prompt position, lengths, coding parameters, padding.</summary>
    Sequences,

    /// <summary>Which tokens are labelled.</summary>
    LossMask,

    /// <summary>Tokens of prompts, and those of answers that are not labelled.</summary>
    PromptTokens,

    /// <summary>Answers' own tokens at the labelled positions.</summary>
    AnswerTokens,

    /// <summary>How many ids each position has.</summary>
    DistinctIds,

    /// <summary>The ids.</summary>
    Ids,

    /// <summary>How often each was drawn.</summary>
    Counts,

    /// <summary>ln p, and the tail's mass.</summary>
    LogProbabilities,

    /// <summary>H(p).</summary>
    Entropy,
}
