import { limits } from '../context/limits.ts'
import { type LiveAsking, type LiveQuestion, startLiveQuestion, type Subscriber } from './live-question.ts'
import { tooMany } from './subscription-limits.ts'
import type { Ticker } from './ticker.ts'

type LiveQuestions = {
  /**
   * Subscribes to a question, and returns what ends that. Subscribers with the same key share its executions.
   * @throws {GraphQLError} there are too many questions
   */
  subscribe(key: string, asking: LiveAsking, subscriber: Subscriber): () => void
}

/** The questions that somebody is subscribed to, each of which is executed once for all who ask it. */
export function createLiveQuestions(ticker: Ticker): LiveQuestions {
  const questions = new Map<string, LiveQuestion>()
  return {
    subscribe(key, asking, subscriber) {
      let question = questions.get(key)
      if (question === undefined) {
        if (questions.size >= limits.liveQuestions)
          throw tooMany(
            `this API answers ${questions.size} different subscriptions, which is the cap: ask what others ask, or another API`,
            limits.liveQuestions,
          )
        question = startLiveQuestion(asking, ticker)
        questions.set(key, question)
      }
      const subscribed = question
      subscribed.add(subscriber)
      return () => {
        if (subscribed.remove(subscriber)) questions.delete(key)
      }
    },
  }
}
