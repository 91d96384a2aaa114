using Reflux.Cli;

return await Application.RunAsync(args);
