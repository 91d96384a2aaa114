using System.Collections.Concurrent;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Models;
using Reflux.Models.Tokenizers;
using Reflux.Silo.Definitions;

namespace Reflux.Silo.Ingestion;

/// <summary>
/// Refuses prompts that the lane's teacher could not read to their end, where the teacher is known and its directory can be read here. Elsewhere the
/// labelling silo finds out and sets them aside.
/// </summary>
internal sealed class PromptLimits(IDefinitionCatalog catalog)
{
    private readonly ConcurrentDictionary<string, TeacherText> _teachers = new();

    /// <exception cref="RefluxException"><c>prompt-too-long</c>, naming the prompt's place in the batch.</exception>
    public void Check(Guid lane, IReadOnlyList<PromptInput> prompts)
    {
        if (catalog.TeacherOf(lane)?.Teacher is not { } teacher || Text(teacher.Spec.Model) is not { } text)
        {
            return;
        }

        // one position is left for an answer
        var most = text.Config.MaxPositions - 1;
        for (var i = 0; i < prompts.Count; i++)
        {
            var tokens = text.Template.Encode(text.Tokenizer, prompts[i].Text).Length;
            if (tokens > most)
            {
                throw new RefluxException(
                    ErrorCodes.PromptTooLong, $"prompts[{i}] has {tokens} tokens; teacher '{teacher.Spec.Name}' takes at most {most}", "Shorten it.");
            }
        }
    }

    private TeacherText? Text(string directory)
    {
        if (_teachers.TryGetValue(directory, out var known))
        {
            return known;
        }

        try
        {
            return _teachers[directory] = new TeacherText(
                ModelConfig.Load(directory), Tokenizer.Load(Path.Combine(directory, "tokenizer.json")), PromptTemplate.Load(directory));
        }
        catch (ModelException)
        {
            // not here, or not for us to judge: the labelling silo will say
            return null;
        }
    }

    private sealed record TeacherText(ModelConfig Config, Tokenizer Tokenizer, PromptTemplate Template);
}
