namespace Reflux.Models.Chat;

/// <summary>What can be called: a function, a macro, a method of a value.</summary>
internal delegate object? TemplateFunction(CallArguments arguments);
