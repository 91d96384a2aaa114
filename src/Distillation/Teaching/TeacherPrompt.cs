using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Teaching;

/// <summary>A prompt to answer.</summary>
/// <param name="PromptId">Its id.</param>
/// <param name="Keyed">True where the client named it.</param>
/// <param name="Position">Where it stands on the prompts topic.</param>
/// <param name="Tokens">From <see cref="TeacherEngine.Tokenize"/>.</param>
public sealed record TeacherPrompt(Id128 PromptId, bool Keyed, Position Position, int[] Tokens);
