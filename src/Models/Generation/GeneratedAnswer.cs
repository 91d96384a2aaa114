namespace Reflux.Models.Generation;

/// <summary>An answer.</summary>
/// <param name="Tokens">All that were chosen, a stop token included.</param>
/// <param name="Text">Without special tokens, and without a stop text and what follows it.</param>
/// <param name="Reason">What ended it.</param>
/// <param name="Scores">One entry a token where log-probabilities were asked for, otherwise empty.</param>
public sealed record GeneratedAnswer(int[] Tokens, string Text, StopReason Reason, IReadOnlyList<PositionScores> Scores);
