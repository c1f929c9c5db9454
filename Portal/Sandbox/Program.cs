await Yinxin.Sandbox.SandboxApp.Build(args).RunAsync();
