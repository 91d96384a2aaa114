using Reflux.Contracts.Identity;

namespace Reflux.Models.Generation;

/// <summary>What is to be continued.</summary>
/// <param name="Tokens">At least one.</param>
/// <param name="Sequence">Names the draws: with the seed and a position it decides each of them, so two samples of one prompt need two ids.</param>
public sealed record GenerationPrompt(int[] Tokens, Id128 Sequence = default);
