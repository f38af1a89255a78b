package bot

var restartWords = []string{"再開", "さいかい", "再開する", "また受け取る", "restart", "resume"}

// reduceTalk is 配信を減らす: somebody who has had enough chooses how much less, and finds the way back.
func reduceTalk() *talk {
	return &talk{
		name:  talkReduce,
		words: []string{"配信を減らす", "減らす", "へらす", "配信をへらす", "配信を止める", "配信をとめる", "お知らせを減らす", "お知らせを止める", "fewer"},
		begin: func(t *turn) error { return t.ask(t.bot.talkNamed(talkReduce), "how") },
		steps: []question{{step: "how", ask: askReduce, choices: reduceChoices, answer: answerReduce, rest: true}},
	}
}

// restartTalk is the way back in one word.
func restartTalk() *talk {
	return &talk{
		name:  talkRestart,
		words: restartWords,
		begin: func(t *turn) error {
			if !t.follower.Stopped {
				return t.begin(talkReduce)
			}
			_, err := answerReduce(t, "restart")
			return err
		},
	}
}

func askReduce(t *turn) error {
	key := "reduce.ask"
	if t.follower.Stopped {
		key = "reduce.ask.stopped"
	}
	t.put(talkReduce, "how", t.w.Say(key), reduceChoices(t))
	return nil
}

func reduceChoices(t *turn) []choice {
	last := choice{value: "stop", label: t.w.Say("reduce.stop"), words: []string{"止める", "とめる", "停止", "全部止める", "stop"}}
	if t.follower.Stopped {
		last = choice{value: "restart", label: t.w.Say("reduce.restart"), words: restartWords}
	}
	return []choice{
		{value: "topics", label: t.w.Say("reduce.topics"), words: []string{"分野", "ぶんや"}},
		{value: "areas", label: t.w.Say("reduce.areas"), words: []string{"地域", "ちいき"}},
		last,
		{value: "keep", label: t.w.Say("reduce.keep"), words: []string{"このまま", "そのまま", "keep"}},
		{value: "back", label: t.w.Say("choice.back"), words: backWords, plain: true},
	}
}

func answerReduce(t *turn, value string) (string, error) {
	switch value {
	case "topics", "areas":
		t.onboarded()
		return handled, t.ask(t.bot.talkNamed(talkSettings), value)
	case "stop":
		t.onboarded()
		t.follower.Stopped = true
		t.savePreferences()
		t.say("reduce.stopped", t.office())
		t.offer(t.tap("reduce.restart", talkReduce, "how", "restart"), t.tap("menu.open", talkMenu, "start", ""))
		return "", nil
	case "restart":
		t.follower.Stopped = false
		t.savePreferences()
		t.say("reduce.restarted")
		t.send(t.settingsCard())
		t.closing()
		return "", nil
	}
	t.say("reduce.kept")
	t.closing()
	return "", nil
}
