using Reflux.Models.Tokenizers;

namespace Reflux.Samples.Helpdesk.Training;

/// <summary>A prompt and its answer with the end token, as token ids.</summary>
/// <param name="Tokens">All ids.</param>
/// <param name="PromptLength">How many of them are the prompt's; the others are targets.</param>
internal sealed record TeacherSequence(int[] Tokens, int PromptLength)
{
    public static TeacherSequence Of(Tokenizer tokenizer, HelpdeskCase source)
    {
        var prompt = PromptTemplate.Default.Encode(tokenizer, source.Message);
        return new TeacherSequence([.. prompt, .. tokenizer.Encode(source.Answer), tokenizer.IdOf(PromptTemplate.EndToken)!.Value], prompt.Length);
    }
}
