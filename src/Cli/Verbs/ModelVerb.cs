using System.CommandLine;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux model`: what can be done with a model directory, without any server.</summary>
internal static class ModelVerb
{
    public static Command Create() => new("model", """
        Model directories, without any server: inspect, generate, score, export, init.

        Examples:
          reflux model inspect samples/helpdesk/teacher
          reflux model generate samples/helpdesk/teacher --prompt "Where is my order?" --chat
          reflux model export ./small --format gguf --type q8_0 --to small.gguf
        """)
    {
        ModelInspectVerb.Create(), GenerateVerb.CreateForModel(), ModelScoreVerb.Create(), ModelExportVerb.Create(), ModelInitVerb.Create(),
    };

    public static Argument<string> Directory() => new("directory") { Description = "A Hugging Face model directory: a base model, a teacher, a pulled snapshot." };
}
