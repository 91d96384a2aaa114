Console.Error.WriteLine("reflux: no verb given");
return 2;
